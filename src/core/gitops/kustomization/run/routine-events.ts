import type { EventRecord } from '#core/decision/decision.js';
import type { KustomizationRun } from '../model/kustomization-run.js';
import type { KustomizationSnapshot } from '../model/kustomization-snapshot.js';
import { requestedAt } from '../model/kustomization-spec.js';

/** So many requests to the API server a commit like many before it may take, with health that is awaited one more. */
const mostRequests = 5;

/**
 * The events that end a run, in their order. All are told to those who are notified. As Events of Kubernetes all are
 * written too, but for a commit like many before it: there those that fit its requests, and none when nothing had to be
 * applied.
 */
export function endEvents(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { told, closing, hasWritten }: EndOfRun,
): readonly EventRecord[] {
  if (!isRoutine(snapshot, run, hasWritten)) return [...told, ...closing];
  const isAwaited = run.healthSince !== undefined;
  const before = requestsOf(run) + (isAwaited ? 1 : told.length);
  const room = hasWritten ? mostRequests + (isAwaited ? 1 : 0) - before : 0;
  return [...told, ...closing.map((event, i) => (i < room ? event : { ...event, isUnwritten: true }))];
}

/** What a run tells when it ends. */
export interface EndOfRun {
  /** What was applied; it was told before when health was awaited. */
  readonly told: readonly EventRecord[];
  /** That it is healthy, and that it is over. */
  readonly closing: readonly EventRecord[];
  readonly hasWritten: boolean;
}

/** A commit behind a good run, of a spec that was there before, that nobody asked for; what corrects drift is none. */
function isRoutine(
  { object, memory }: KustomizationSnapshot,
  { isQuiet }: KustomizationRun,
  hasWritten: boolean,
): boolean {
  const { status, metadata } = object;
  return (
    memory.last?.isOk === true &&
    status?.observedGeneration === metadata.generation &&
    status?.lastHandledReconcileAt === requestedAt(object) &&
    !(isQuiet && hasWritten)
  );
}

/** What the run asked of the API server: looks, questions, objects, deletions, and its status. */
function requestsOf({ stages, pruned = [], healthSince, inventoryBefore }: KustomizationRun): number {
  const ofStages = stages.map(
    ({ inspected = [], merged = [], applied = [], earlier = [] }) =>
      inspected.length + merged.length + applied.length + earlier.length,
  );
  const ofStatus = 1 + (healthSince === undefined ? 0 : 1) + (inventoryBefore === undefined ? 0 : 1);
  return ofStages.reduce((sum, each) => sum + each, 0) + 2 * pruned.length + ofStatus;
}
