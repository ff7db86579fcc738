import type {
  AnalysisRun,
  AnalysisRunStatus,
  Measurement,
  MetricResult,
} from '#api/argoproj/analysis-run.js';
import { isEqual } from '#core/json/json.js';
import { addMs, earliest, type Instant } from '#core/time/instant.js';
import type { AnalysisSnapshot } from '../snapshot.js';

/** How long measurements that began together wait for each other. */
const siblingsMs = 250;
/** How long successes of short intervals are gathered before they are stored. */
const gatherMs = 3000;

/** A snapshot in which measurements that wait for others are still under way. */
export interface Gathered {
  readonly snapshot: AnalysisSnapshot;
  /** When they wait no longer. */
  readonly until?: Instant | undefined;
}

/**
 * Measurements that began in one pass are counted in one pass, as the peer does, which waits for all of them: so a run of
 * two metrics that fail at once shows both. But a query that is slow holds up nothing for longer than a moment, and
 * nothing at all when the run was told to end.
 */
export function gatherSiblings(snapshot: AnalysisSnapshot, begun: ReadonlyMap<string, Instant>): Gathered {
  const { run, now, measuring, finished } = snapshot;
  if (run.spec.terminate === true) return { snapshot };
  const patienceOf = patienceOfBatches(snapshot, begun);
  const held = finished.filter(({ metric }) => now < (patienceOf(metric) ?? now));
  if (held.length === 0) return { snapshot };
  const names = held.map(({ metric }) => metric);
  return {
    snapshot: {
      ...snapshot,
      finished: finished.filter((report) => !held.includes(report)),
      measuring: [...measuring, ...names],
    },
    until: names.map(patienceOf).reduce(earliest),
  };
}

/** Until when a metric that is measured waits for those that began with it and are not done. */
function patienceOfBatches(
  { measuring, finished }: AnalysisSnapshot,
  begun: ReadonlyMap<string, Instant>,
): (metric: string) => Instant | undefined {
  const open = new Set(measuring.map((name) => begun.get(name)));
  const batches = new Map<Instant, Instant | undefined>();
  for (const { metric, pace } of finished) {
    const began = begun.get(metric);
    if (began === undefined || pace === undefined || !open.has(began)) continue;
    batches.set(began, earliest(batches.get(began), addMs(pace.finishedAt, siblingsMs)));
  }
  return (metric) => {
    const began = begun.get(metric);
    return began === undefined ? undefined : batches.get(began);
  };
}

/**
 * Until when a status need not be stored: it only differs from the stored one by successes, and less than three seconds
 * ago another one was. `undefined`: it must be stored now. What a crash loses by it is measured again.
 */
export function mayWaitUntil(
  run: AnalysisRun,
  next: AnalysisRunStatus | undefined,
  lastStoredAt: Instant | undefined,
  now: Instant,
): Instant | undefined {
  const { status } = run;
  if (status === undefined || next === undefined || lastStoredAt === undefined) return undefined;
  const until = addMs(lastStoredAt, gatherMs);
  if (now >= until || isEqual(status, next)) return undefined;
  const { metricResults: before = [], ...rest } = status;
  const { metricResults: after = [], ...nextRest } = next;
  const isCalm =
    isEqual(rest, nextRest) &&
    before.length === after.length &&
    after.every((result, i) => isOnlyMoreSuccesses(before[i], result));
  return isCalm ? until : undefined;
}

function isOnlyMoreSuccesses(before: MetricResult | undefined, after: MetricResult): boolean {
  if (before === undefined) return false;
  const kept = ({
    count: _c,
    successful: _s,
    consecutiveSuccess: _cs,
    measurements: _m,
    ...rest
  }: MetricResult) => rest;
  return isEqual(kept(before), kept(after)) && (after.measurements ?? []).every(isStoredOrSuccess(before));
}

function isStoredOrSuccess(before: MetricResult): (measurement: Measurement) => boolean {
  return (measurement) =>
    measurement.phase === 'Successful' ||
    (before.measurements ?? []).some((stored) => isEqual(stored, measurement));
}
