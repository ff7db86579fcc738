import type { CanaryStep } from '#api/argoproj/rollout.js';
import { parseInstant } from '#core/time/instant.js';
import { bluegreenBlocks } from './plan-bluegreen.js';
import { formatCount, formatSpan, type Phrase } from '../words/format.js';
import { holdOf } from '../words/phase.js';
import { desiredOf, isPromoted, rolesOf, stepsOf } from '../facts/roles.js';
import { glyphOf, labelOf, pauseMsOf } from '../words/step-words.js';
import type { ViewInput } from '../view-input.js';
import { readyOf, scaleOf } from '../facts/weight.js';
import type { Block, BlockState, LedgerPoint, StepGlyph } from '../wire/detail.js';
import type { GateView } from '../wire/gate.js';

interface Span {
  readonly from: number;
  readonly to: number;
  readonly steps: readonly CanaryStep[];
}

/** The ladder: every block with its state, planned and real time. Empty without steps. */
export function planOf(
  input: ViewInput,
  gates: readonly GateView[],
  points: readonly LedgerPoint[] = [],
): readonly Block[] {
  if (input.rollout.spec.strategy?.blueGreen !== undefined) return bluegreenBlocks(input, gates);
  const steps = stepsOf(input.rollout);
  if (steps.length === 0) return [];
  const spans = groupSteps(steps);
  const progress = progressOf(input, steps.length, gates, points);
  const blocks = spans.map((span) => blockOf(span, input, { progress, gates, points }));
  const lastWeight = steps.findLast((step) => step.setWeight !== undefined)?.setWeight;
  const isComplete = lastWeight === scaleOf(input.rollout) && steps.at(-1)?.setWeight !== undefined;
  return isComplete ? blocks : [...blocks, finalBlock(input, steps.length, progress)];
}

/** A weight and the pause or analysis right behind it belong together. */
function groupSteps(steps: readonly CanaryStep[]): readonly Span[] {
  const spans: Span[] = [];
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i];
    const next = steps[i + 1];
    if (step === undefined) continue;
    const isPair =
      glyphOf(step) === 'weight' &&
      next !== undefined &&
      ['pause', 'hold', 'analysis'].includes(glyphOf(next));
    spans.push(isPair ? { from: i, to: i + 1, steps: [step, next] } : { from: i, to: i, steps: [step] });
    if (isPair) i += 1;
  }
  return spans;
}

interface Progress {
  /** The API index that is current; the count of steps when all are done. */
  readonly index: number;
  readonly isUndone: boolean;
  /** The step whose gate failed. */
  readonly failedAt: number | null;
  readonly isPromoted: boolean;
}

function progressOf(
  input: ViewInput,
  count: number,
  gates: readonly GateView[],
  points: readonly LedgerPoint[],
): Progress {
  const { rollout } = input;
  const promoted = isPromoted(rollout);
  const isUndone = holdOf(rollout).kind === 'aborted' && !promoted;
  const index = promoted ? count : (rollout.status?.currentStepIndex ?? 0);
  return {
    index,
    isUndone,
    failedAt: isUndone ? failedStep(input, gates, points) : null,
    isPromoted: promoted,
  };
}

/** The step whose gate failed; for a run beside the steps the one that was current when it did. */
function failedStep(
  input: ViewInput,
  gates: readonly GateView[],
  points: readonly LedgerPoint[],
): number | null {
  const failed = gates.filter((gate) => gate.isCurrent && isFailed(gate.phase));
  const ofStep = failed.find((gate) => gate.step !== null);
  if (ofStep !== undefined) return ofStep.step;
  const beside = failed.find((gate) => gate.kind === 'background');
  if (beside === undefined) return null;
  const abortedAt = parseInstant(input.rollout.status?.abortedAt) ?? input.now;
  const known = points.findLast(({ at, step }) => at < abortedAt && step !== null)?.step ?? 0;
  const begin = input.rollout.spec.strategy?.canary?.analysis?.startingStep ?? 0;
  return Math.max(known, begin, stepsTold(input, beside.startedAt ?? abortedAt, abortedAt));
}

/** How many steps were told of as completed between two moments. */
function stepsTold({ events }: ViewInput, from: number, until: number): number {
  return events.reduce((most, event) => {
    const at = parseInstant(event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? undefined);
    const told = /^Rollout step (\d+)\/\d+ completed/.exec(event.message ?? '');
    const isMeant = at !== undefined && at >= from && at <= until;
    return isMeant ? Math.max(most, Number(told?.[1] ?? 0)) : most;
  }, 0);
}

function isFailed(phase: string): boolean {
  return phase === 'Failed' || phase === 'Error';
}

function stateOf({ from, to }: { from: number; to: number }, progress: Progress): BlockState {
  if (progress.isUndone) {
    if (progress.failedAt !== null && progress.failedAt >= from && progress.failedAt <= to) return 'failed';
    return progress.failedAt !== null && to < progress.failedAt ? 'undone' : 'future';
  }
  if (to < progress.index) return 'done';
  return from <= progress.index ? 'current' : 'future';
}

interface Around {
  readonly progress: Progress;
  readonly gates: readonly GateView[];
  readonly points: readonly LedgerPoint[];
}

function blockOf(span: Span, input: ViewInput, around: Around): Block {
  const scale = scaleOf(input.rollout);
  const state = stateOf(span, around.progress);
  const glyphs: readonly StepGlyph[] = span.steps.map(glyphOf);
  const label = span.steps.map((step) => labelOf(step, scale))[0] ?? '';
  const pauses = span.steps.map(pauseMsOf).filter((ms) => ms !== null);
  const weight = span.steps.find((step) => step.setWeight !== undefined)?.setWeight;
  const base = {
    from: span.from,
    to: span.to,
    glyphs,
    label,
    state,
    weight: weight === undefined ? null : (weight * 100) / scale,
    plannedMs: pauses.length === 0 ? null : pauses.reduce((a, b) => a + b, 0),
    endless: glyphs.includes('hold'),
    actor: null,
    progress: null,
    since: null,
    until: null,
  };
  if (state === 'current') return { ...base, ...currentNote(span, input, around) };
  if (state === 'done') return { ...base, note: doneNote(span, around) };
  return { ...base, note: restNote(base, state) };
}

function restNote(block: Pick<Block, 'glyphs' | 'plannedMs' | 'endless'>, state: BlockState): Phrase {
  if (state === 'undone') return ['undone by abort'];
  if (state === 'failed') return ['gate failed'];
  if (block.endless) return ['until a person'];
  if (block.plannedMs !== null) return [formatSpan(block.plannedMs)];
  return block.glyphs.includes('analysis') && block.glyphs.length > 1 ? ['gate'] : [];
}

function doneNote(span: Span, { gates, points, progress }: Around): Phrase {
  const gate = gates.find(
    (one) => one.isCurrent && one.step !== null && one.step >= span.from && one.step <= span.to,
  );
  const counts = gate === undefined ? [] : [measuredOf(gate)];
  const begun = points.find(
    (point) => point.step !== null && point.step >= span.from && point.step <= span.to,
  );
  const left = points.find((point) => point.step !== null && point.step > span.to);
  if (progress.isPromoted && left === undefined) return counts;
  const real = begun === undefined || left === undefined ? [] : [formatSpan(left.at - begun.at)];
  return [[...real, ...counts].join(' · ')];
}

function measuredOf(gate: GateView): string {
  const measured = gate.metrics.reduce((sum, metric) => sum + metric.measured, 0);
  const planned = gate.metrics.reduce((sum, metric) => sum + (metric.planned ?? metric.measured), 0);
  return planned > measured ? `${measured} of ${planned} measured` : `${measured} measured`;
}

type Note = Pick<Block, 'note' | 'progress' | 'since' | 'until'>;

function currentNote(span: Span, input: ViewInput, { progress, gates }: Around): Note {
  const { rollout } = input;
  const step = stepsOf(rollout)[progress.index];
  const nothing = { progress: null, since: null, until: null };
  if (step === undefined) return { ...nothing, note: [] };
  if (progress.index < span.to && glyphOf(step) === 'weight') return { ...nothing, ...podsNote(input) };
  const pause = rollout.status?.pauseConditions?.find((c) => c.reason === 'CanaryPauseStep');
  const since = parseInstant(pause?.startTime) ?? null;
  switch (glyphOf(step)) {
    case 'hold':
      return { ...nothing, since, note: ['waits for a person'] };
    case 'pause':
      return timedNote(since, pauseMsOf(step) ?? 0, input.now);
    case 'analysis':
      return analysisNote(gates, progress.index);
    default:
      return { ...nothing, ...podsNote(input) };
  }
}

function timedNote(since: number | null, planned: number, now: number): Note {
  if (since === null) return { note: ['about to start'], progress: 0, since, until: null };
  const until = since + planned;
  return { note: ['ends ', { until }], progress: share(now - since, planned), since, until };
}

function analysisNote(gates: readonly GateView[], index: number): Note {
  const gate = gates.find((one) => one.isCurrent && one.step === index);
  if (gate === undefined) return { note: ['gate starts'], progress: 0, since: null, until: null };
  const measured = gate.metrics.reduce((sum, metric) => sum + metric.measured, 0);
  const planned = gate.metrics.reduce((sum, metric) => sum + (metric.planned ?? 0), 0);
  return { note: [measuredOf(gate)], progress: share(measured, planned), since: gate.startedAt, until: null };
}

function podsNote(input: ViewInput): Pick<Note, 'note' | 'progress'> {
  const { newest } = rolesOf(input);
  const desired = newest?.spec.replicas ?? 0;
  const ready = readyOf(newest);
  if (ready >= desired) return { note: ['on its way'], progress: null };
  return { note: [`${ready} of ${formatCount(desired, 'pod')} ready`], progress: share(ready, desired) };
}

function share(done: number, all: number): number | null {
  return all <= 0 ? null : Math.min(1, Math.max(0, done / all));
}

function finalBlock(input: ViewInput, count: number, progress: Progress): Block {
  const isCurrent = progress.index >= count && !progress.isPromoted && !progress.isUndone;
  const state: BlockState = progress.isPromoted ? 'done' : isCurrent ? 'current' : 'future';
  const { newest } = rolesOf(input);
  const desired = desiredOf(input.rollout);
  const pods = `${readyOf(newest)} of ${formatCount(desired, 'pod')} ready`;
  return {
    from: count,
    to: count,
    glyphs: ['weight'],
    label: '100 %',
    state,
    weight: 100,
    progress: isCurrent ? share(readyOf(newest), desired) : null,
    note: isCurrent ? [pods] : state === 'done' ? ['stable'] : [formatCount(desired, 'pod')],
    plannedMs: null,
    endless: false,
    since: null,
    until: null,
    actor: null,
  };
}
