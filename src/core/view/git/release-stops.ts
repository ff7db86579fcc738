import type { CanaryStep } from '#api/argoproj/rollout.js';
import { parseInstant } from '#core/time/instant.js';
import { gatesOf } from '../gates/gates.js';
import { isPromoted, revisionOf, stepsOf } from '../facts/roles.js';
import { scaleOf } from '../facts/weight.js';
import { finishedAt, startedAt } from '../words/attention.js';
import { printTimeless } from '../words/format.js';
import { shortAbort } from '../words/peer-words.js';
import { holdOf, phaseOf } from '../words/phase.js';
import { reasonOf } from '../words/sentence.js';
import { glyphOf, labelOf } from '../words/step-words.js';
import type { LedgerPoint } from '../wire/detail.js';
import type { GateView } from '../wire/gate.js';
import type { TrailStop } from '../wire/git.js';
import type { ManagedRelease } from './git-input.js';

type Stop = Omit<TrailStop, 'tookMs'>;

/** More steps than this are folded to their number. */
const mostSteps = 10;

/** The newest release of a Rollout as moments: begun, each step, each gate, and how it ended or what it waits for. */
export function releaseStops({ input, points }: ManagedRelease): readonly Stop[] {
  const { rollout } = input;
  const began = startedAt(input);
  const gates = gatesOf(input.runs, rollout.status?.currentPodHash).filter(({ isCurrent }) => isCurrent);
  const begin: Stop = {
    what: `revision ${revisionOf(rollout)} began`,
    at: began,
    mark: 'ok',
    note: '',
  };
  const beside = gates.filter(({ step, completedAt }) => step === null && completedAt !== null).map(gateStop);
  const passed = [...folded(stepStops(input, points, gates)), ...beside].toSorted(byTime);
  return [begin, ...passed, endStop({ input, points }, gates)];
}

function byTime(a: Stop, b: Stop): number {
  return (a.at ?? 0) - (b.at ?? 0);
}

/** The steps that are over, each when the next one began. Pauses belong to the step before them. */
function stepStops(
  { rollout }: ManagedRelease['input'],
  points: readonly LedgerPoint[],
  gates: readonly GateView[],
): readonly Stop[] {
  const index = rollout.status?.currentStepIndex ?? 0;
  const steps = stepsOf(rollout);
  const done = isPromoted(rollout) ? steps.length : Math.min(index, steps.length);
  return steps.flatMap((step, i): readonly Stop[] => {
    if (i >= done || glyphOf(step) === 'pause' || glyphOf(step) === 'hold') return [];
    const gate = gates.find((one) => one.step === i);
    const at = gate?.completedAt ?? leftAt(points, i);
    const words = wordsOf(step, scaleOf(rollout), gate);
    return [{ ...words, note: at === null ? 'earlier' : words.note, at }];
  });
}

/** When a step was seen to be left; `null` when it was left before anybody looked. */
function leftAt(points: readonly LedgerPoint[], index: number): number | null {
  const isAfter = (point: LedgerPoint | undefined): boolean => (point?.step ?? -1) > index;
  const left = points.findIndex(isAfter);
  return left > 0 ? (points[left]?.at ?? null) : null;
}

function wordsOf(step: CanaryStep, scale: number, gate: GateView | undefined): Omit<Stop, 'at'> {
  const note = gate === undefined ? '' : gate.phase;
  return { what: labelOf(step, scale), mark: gate?.mark ?? 'ok', note };
}

function gateStop({ kind, mark, phase, completedAt }: GateView): Stop {
  return { what: `${kind} gate`, at: completedAt, mark, note: phase };
}

/** Only the last steps one by one when there are many. */
function folded(stops: readonly Stop[]): readonly Stop[] {
  const over = stops.length - mostSteps;
  const last = stops[over];
  if (over <= 0 || last === undefined) return stops;
  const what = `${over + 1} steps`;
  return [{ what, at: last.at, mark: 'ok', note: '' }, ...stops.slice(over + 1)];
}

function endStop({ input }: ManagedRelease, gates: readonly GateView[]): Stop {
  const { rollout } = input;
  const hold = holdOf(rollout);
  if (hold.kind === 'aborted') {
    const note = shortAbort(hold.message);
    return { what: 'aborted', at: parseInstant(hold.since) ?? null, mark: 'bad', note };
  }
  const { phase, mark } = phaseOf(rollout);
  if (phase === 'Healthy') return { what: 'healthy', at: finishedAt(input), mark: 'ok', note: '' };
  const note = printTimeless(reasonOf(input, gates));
  return { what: phase.toLowerCase(), at: null, mark, note };
}
