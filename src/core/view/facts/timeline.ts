import { rolloutEvents } from '#api/argoproj/words.js';
import { parseInstant } from '#core/time/instant.js';
import { startedAt } from '../words/attention.js';
import { desiredOf, rolesOf } from './roles.js';
import type { KubeEvent, ViewInput } from '../view-input.js';
import { readyOf, scaleOf, weightOf } from './weight.js';
import type { LedgerPoint, Timeline } from '../wire/detail.js';

/** What holds at this moment, as one point of the ledger. */
export function pointOf(input: ViewInput): LedgerPoint {
  const { newest, stable, older } = rolesOf(input);
  const weight = weightOf(input);
  return {
    at: input.now,
    step: input.rollout.status?.currentStepIndex ?? null,
    wanted: weight?.wanted ?? null,
    observed: weight?.observed ?? null,
    stable: readyOf(stable),
    canary: newest === stable ? 0 : readyOf(newest),
    older: older.reduce((sum, rs) => sum + readyOf(rs), 0),
    desired: desiredOf(input.rollout),
  };
}

/** Whether two points say the same but for their time. */
export function isSamePoint(a: LedgerPoint, b: LedgerPoint): boolean {
  return (
    a.step === b.step &&
    a.wanted === b.wanted &&
    a.observed === b.observed &&
    a.stable === b.stable &&
    a.canary === b.canary &&
    a.older === b.older &&
    a.desired === b.desired
  );
}

/** The ledger's points with what can be put together from events before its first one. */
export function timelineOf(input: ViewInput, points: readonly LedgerPoint[]): Timeline {
  const begun = startedAt(input);
  const first = points[0];
  if (first === undefined || begun === null || begun >= first.at)
    return { points, rebuiltUntil: null, startedAt: begun ?? first?.at ?? null };
  const rebuilt = rebuild(input, begun, first);
  if (rebuilt.length < 2) return { points, rebuiltUntil: null, startedAt: begun };
  return { points: [...rebuilt, ...points], rebuiltUntil: first.at, startedAt: begun };
}

function rebuild(input: ViewInput, from: number, first: LedgerPoint): readonly LedgerPoint[] {
  const isPlain = input.rollout.spec.strategy?.canary === undefined;
  const start = isPlain ? null : 0;
  let point: LedgerPoint = { ...first, at: from, step: 0, wanted: start, observed: start, canary: 0 };
  const points = [point];
  for (const { at, event } of datedEvents(input.events, from, first.at)) {
    const next = applyEvent(point, event, scaleOf(input.rollout));
    if (next === undefined) continue;
    point = { ...next, at };
    points.push(point);
  }
  return points;
}

function datedEvents(
  events: readonly KubeEvent[],
  from: number,
  until: number,
): readonly { readonly at: number; readonly event: KubeEvent }[] {
  return events
    .map((event) => ({ at: parseInstant(event.firstTimestamp ?? event.eventTime ?? undefined), event }))
    .flatMap(({ at, event }) => (at === undefined ? [] : [{ at, event }]))
    .filter(({ at }) => at >= from && at < until)
    .toSorted((a, b) => a.at - b.at);
}

function applyEvent(point: LedgerPoint, event: KubeEvent, scale: number): LedgerPoint | undefined {
  const message = event.message ?? '';
  if (event.reason === rolloutEvents.trafficWeightUpdated) {
    const weight = /\bto (\d+)/.exec(message)?.[1];
    if (weight === undefined) return undefined;
    const percent = (Number(weight) * 100) / scale;
    return { ...point, wanted: percent, observed: percent };
  }
  if (event.reason === rolloutEvents.rolloutStepCompleted) {
    const done = /step (\d+)\/\d+/.exec(message)?.[1];
    return done === undefined ? undefined : { ...point, step: Number(done) };
  }
  return undefined;
}
