import { parseInstant } from '#core/time/instant.js';
import { holdOf, phaseOf } from './phase.js';
import { isPromoted, stepsOf } from '../facts/roles.js';
import { pauseMsOf } from './step-words.js';
import type { ViewInput } from '../view-input.js';
import { weightOf } from '../facts/weight.js';
import type { GateView } from '../wire/gate.js';
import type { Attention, GateCounts } from '../wire/list.js';

const hourMs = 3_600_000;

/** How urgent a Rollout is; rows are sorted by it, then by the older moment, then by name. */
export function attentionOf(input: ViewInput, gates: readonly GateView[], counts: GateCounts): Attention {
  const urgent = heldAttention(input) ?? gateAttention(input, gates, counts) ?? slowAttention(input);
  if (urgent !== undefined) return urgent;
  if (phaseOf(input.rollout).phase !== 'Healthy') return { class: 6, since: changedAt(input) };
  const finished = finishedAt(input);
  return { class: finished !== null && input.now - finished < hourMs ? 7 : 8, since: finished };
}

function heldAttention(input: ViewInput): Attention | undefined {
  const hold = holdOf(input.rollout);
  const since = ('since' in hold ? parseInstant(hold.since) : undefined) ?? null;
  if (hold.kind === 'invalid' || hold.kind === 'aborted') return { class: 1, since };
  if (phaseOf(input.rollout).phase === 'Degraded') return { class: 1, since: since ?? changedAt(input) };
  if (hold.kind === 'undecided') return { class: 2, since };
  if (hold.kind === 'byHand' || (hold.kind === 'pause' && isEndless(input))) return { class: 3, since };
  return undefined;
}

function gateAttention(
  { rollout }: ViewInput,
  gates: readonly GateView[],
  counts: GateCounts,
): Attention | undefined {
  const running = gates.find((gate) => gate.isCurrent && gate.phase === 'Running');
  const isDoubtful = counts.fail + counts.undecided > 0 && !isPromoted(rollout);
  return running !== undefined && isDoubtful ? { class: 2, since: running.startedAt } : undefined;
}

function slowAttention(input: ViewInput): Attention | undefined {
  if (isNearDeadline(input)) return { class: 4, since: changedAt(input) };
  const pendingSince = weightOf(input)?.pendingSince ?? null;
  return pendingSince === null ? undefined : { class: 5, since: pendingSince };
}

/** Whether only a person can end the pause that holds now. */
export function isEndless({ rollout }: Pick<ViewInput, 'rollout'>): boolean {
  const blueGreen = rollout.spec.strategy?.blueGreen;
  if (blueGreen !== undefined)
    return blueGreen.autoPromotionEnabled === false || (blueGreen.autoPromotionSeconds ?? 0) === 0;
  const step = stepsOf(rollout)[rollout.status?.currentStepIndex ?? 0];
  return step?.pause !== undefined && pauseMsOf(step) === null;
}

/** When the release that is running, or the last one, began. */
export function startedAt({ rollout }: Pick<ViewInput, 'rollout'>): number | null {
  const noted = parseInstant(rollout.status?.duration?.rolloutStartedAt);
  if (noted !== undefined) return noted;
  const open = rollout.status?.conditions?.find((c) => c.type === 'Completed' && c.status === 'False');
  return parseInstant(open?.lastTransitionTime) ?? null;
}

/** When the last release ended; `null` while one runs or when nobody noted it. */
export function finishedAt({ rollout }: Pick<ViewInput, 'rollout'>): number | null {
  const noted = parseInstant(rollout.status?.duration?.finishedAt);
  if (noted !== undefined) return noted;
  const completed = rollout.status?.conditions?.find((c) => c.type === 'Completed' && c.status === 'True');
  return parseInstant(completed?.lastTransitionTime) ?? null;
}

function changedAt({ rollout }: Pick<ViewInput, 'rollout'>): number | null {
  const progressing = rollout.status?.conditions?.find((c) => c.type === 'Progressing');
  return parseInstant(progressing?.lastTransitionTime) ?? null;
}

function isNearDeadline({ rollout, now }: Pick<ViewInput, 'rollout' | 'now'>): boolean {
  if (isPromoted(rollout) || phaseOf(rollout).phase !== 'Progressing') return false;
  const step = stepsOf(rollout)[rollout.status?.currentStepIndex ?? -1];
  if (step?.pause !== undefined || step?.analysis !== undefined || step?.experiment !== undefined)
    return false;
  const progressing = rollout.status?.conditions?.find((c) => c.type === 'Progressing');
  const base = parseInstant(progressing?.lastUpdateTime);
  const deadlineMs = (rollout.spec.progressDeadlineSeconds ?? 600) * 1000;
  return base !== undefined && now - base > deadlineMs * 0.75;
}
