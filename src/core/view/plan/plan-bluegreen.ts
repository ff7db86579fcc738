import { annotations } from '#api/argoproj/words.js';
import { parseInstant } from '#core/time/instant.js';
import { formatCount, formatSpan, type Phrase } from '../words/format.js';
import { holdOf } from '../words/phase.js';
import { desiredOf, isPromoted, rolesOf } from '../facts/roles.js';
import type { ViewInput } from '../view-input.js';
import { readyOf } from '../facts/weight.js';
import type { Block, BlockState, StepGlyph } from '../wire/detail.js';
import type { GateView } from '../wire/gate.js';

interface Stage {
  readonly label: string;
  readonly glyph: StepGlyph;
  readonly isDone: boolean;
  readonly note: Phrase;
  readonly isFailed?: boolean;
  readonly progress?: number | null;
  readonly endless?: boolean;
  readonly plannedMs?: number | null;
  readonly since?: number | null;
  readonly until?: number | null;
}

/** The fixed blocks of a blue-green update: preview up, gate, hold, switch, gate, old pods gone. */
export function bluegreenBlocks(input: ViewInput, gates: readonly GateView[]): readonly Block[] {
  const spec = input.rollout.spec.strategy?.blueGreen;
  if (spec === undefined) return [];
  const stages = [
    previewStage(input),
    ...(spec.prePromotionAnalysis === undefined ? [] : [gateStage(input, gates, 'pre')]),
    ...holdStage(input),
    switchStage(input),
    ...(spec.postPromotionAnalysis === undefined ? [] : [gateStage(input, gates, 'post')]),
    oldPodsStage(input),
  ];
  const isUndone = holdOf(input.rollout).kind === 'aborted';
  const current = stages.findIndex((stage) => !stage.isDone);
  return stages.map((stage, i) => toBlock(stage, i, stateOf(stage, i, current, isUndone)));
}

function stateOf(stage: Stage, i: number, current: number, isUndone: boolean): BlockState {
  if (stage.isFailed === true) return 'failed';
  if (isUndone) return stage.isDone ? 'undone' : 'future';
  if (stage.isDone && (current < 0 || i < current)) return 'done';
  return i === current ? 'current' : 'future';
}

function toBlock(stage: Stage, index: number, state: BlockState): Block {
  return {
    from: index,
    to: index,
    glyphs: [stage.glyph],
    label: stage.label,
    state,
    progress: state === 'current' ? (stage.progress ?? null) : null,
    note: stage.note,
    weight: null,
    plannedMs: stage.plannedMs ?? null,
    endless: stage.endless ?? false,
    since: stage.since ?? null,
    until: stage.until ?? null,
    actor: null,
  };
}

function previewStage(input: ViewInput): Stage {
  const { newest } = rolesOf(input);
  const wanted = newest?.spec.replicas ?? desiredOf(input.rollout);
  const ready = readyOf(newest);
  return {
    label: 'Preview up',
    glyph: 'pods',
    isDone: isActive(input) || (newest !== undefined && wanted > 0 && ready >= wanted),
    progress: wanted > 0 ? Math.min(1, ready / wanted) : null,
    note: [`${ready} of ${formatCount(wanted, 'pod')} ready`],
  };
}

/** Whether the active Service points at the newest revision. */
export function isActive({ rollout }: Pick<ViewInput, 'rollout'>): boolean {
  const active = rollout.status?.blueGreen?.activeSelector;
  return active !== undefined && active !== '' && active === rollout.status?.currentPodHash;
}

function gateStage(input: ViewInput, gates: readonly GateView[], kind: 'pre' | 'post'): Stage {
  const gate = gates.find((one) => one.isCurrent && one.kind === kind);
  const measured = gate?.metrics.reduce((sum, metric) => sum + metric.measured, 0) ?? 0;
  const planned = gate?.metrics.reduce((sum, metric) => sum + (metric.planned ?? 0), 0) ?? 0;
  const isSkipped = gate === undefined && (kind === 'pre' ? isActive(input) : isPromoted(input.rollout));
  return {
    label: kind === 'pre' ? 'Gate before' : 'Gate after',
    glyph: 'analysis',
    isDone: gate?.phase === 'Successful' || isSkipped,
    isFailed: gate?.phase === 'Failed' || gate?.phase === 'Error',
    progress: planned > 0 ? Math.min(1, measured / planned) : null,
    note:
      gate === undefined ? [] : [planned > 0 ? `${measured} of ${planned} measured` : `${measured} measured`],
  };
}

function holdStage(input: ViewInput): readonly Stage[] {
  const spec = input.rollout.spec.strategy?.blueGreen;
  const isManual = spec?.autoPromotionEnabled === false;
  const seconds = spec?.autoPromotionSeconds ?? 0;
  if (!isManual && seconds === 0) return [];
  const pause = input.rollout.status?.pauseConditions?.find((c) => c.reason === 'BlueGreenPause');
  const since = parseInstant(pause?.startTime) ?? null;
  const isDone = isActive(input);
  if (isManual)
    return [
      { label: 'Approval', glyph: 'hold', isDone, endless: true, since, note: isDone ? [] : ['a person'] },
    ];
  const plannedMs = seconds * 1000;
  const until = since === null ? null : since + plannedMs;
  const note: Phrase = until === null ? [formatSpan(plannedMs)] : ['switches ', { until }];
  const progress = since === null ? null : Math.min(1, (input.now - since) / plannedMs);
  return [{ label: 'Countdown', glyph: 'pause', isDone, plannedMs, since, until, progress, note }];
}

function switchStage(input: ViewInput): Stage {
  const isDone = isActive(input);
  const service = input.rollout.spec.strategy?.blueGreen?.activeService ?? '';
  return { label: 'Switch', glyph: 'switch', isDone, note: [isDone ? 'active' : service] };
}

function oldPodsStage(input: ViewInput): Stage {
  const { newest } = rolesOf(input);
  const others = input.replicaSets.filter((rs) => rs !== newest);
  const left = others.reduce((sum, rs) => sum + (rs.status?.replicas ?? 0), 0);
  const deadline = others
    .map((rs) => parseInstant(rs.metadata.annotations?.[annotations.scaleDownDeadline]))
    .find((at) => at !== undefined);
  const isDone = isPromoted(input.rollout) && left === 0;
  if (isDone) return { label: 'Old pods gone', glyph: 'scale', isDone, note: [] };
  const note: Phrase =
    deadline === undefined || !isActive(input)
      ? [formatCount(left, 'old pod')]
      : [`${formatCount(left, 'pod')}, leave `, { until: deadline }];
  return { label: 'Old pods gone', glyph: 'scale', isDone, until: deadline ?? null, note };
}
