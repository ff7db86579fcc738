import type { ServiceView } from '../snapshot.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { ManagedRoute } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import { addMs, formatMicroInstant, parseInstant, type Instant } from '#core/time/instant.js';
import type { ExtraDestination, ServiceRecord, ServiceRecords, TrafficRecord } from './record.js';

/** What the traffic ladder climbs to: the state in the end of the current step. */
export interface TrafficGoal {
  /** Pods that stable traffic goes to; `''` before there is a stable revision. */
  readonly stableHash: string;
  /** Pods behind the canary backend; `undefined` leaves it where it is. */
  readonly canaryHash: string | undefined;
  readonly weight: number;
  readonly routes: readonly ManagedRoute[];
  /** Templates of experiments with a weight of their own, at the expense of stable. */
  readonly additional: readonly ExtraDestination[];
}

/** One of the two backends as it is now. */
export interface BackendView {
  readonly role: 'stable' | 'canary';
  /** Absent when the router splits by pod hash alone. */
  readonly service: ServiceView | undefined;
  readonly name: string;
  /** The pods that it means now; `''` when it means none in particular. */
  readonly hash: string;
  /** The hash that it selected until somebody else changed it, when that is the one it shall select. */
  readonly lostHash: string | undefined;
  /** The Service carries our annotation: its selector is ours to move. */
  readonly isAdopted: boolean;
  /** Its endpoints are the pods of its hash, and every proxy had the time to learn that. */
  readonly isSettled: boolean;
  /** When it will be settled by time alone. */
  readonly settlesAt: Instant | undefined;
  /** When every proxy knows what its selector says now, whether or not somebody is ready behind it. */
  readonly turnsAt: Instant | undefined;
}

/** Everything that the ladder and the invariants look at. */
export interface TrafficView {
  readonly goal: TrafficGoal;
  readonly routers: readonly Router[];
  readonly maxWeight: number;
  readonly propagationMs: number;
  /** Without a router there is none. */
  readonly record: TrafficRecord | undefined;
  readonly services: ServiceRecords;
  /** Some router tells the revisions apart by their pod hash, so that a changed hash moves traffic as a selector does. */
  readonly isSplitByHash: boolean;
  readonly stable: BackendView;
  readonly canary: BackendView;
  /** The cluster says what the record says, and every proxy had the time to learn that. Always so without a router. */
  readonly isTrafficSettled: boolean;
}

/** The hash that a Service selects; `''` when it selects none. */
export function selectorHash(view: ServiceView | undefined): string {
  return view?.service.spec.selector?.[labels.podTemplateHash] ?? '';
}

export function isAdopted(view: ServiceView): boolean {
  return view.service.metadata.annotations?.[annotations.managedByRollouts] !== undefined;
}

/** Ready endpoints of one hash, and of everything else. */
export function readyEndpoints(
  view: ServiceView,
  hash: string,
): { readonly own: number; readonly foreign: number } {
  let foreign = 0;
  for (const [other, count] of Object.entries(view.readyByHash)) if (other !== hash) foreign += count;
  return { own: view.readyByHash[hash] ?? 0, foreign };
}

/**
 * What is known about a Service's endpoints after this look: seen since when `wantedReady` of its own pods are behind it. It starts anew when the selector moved,
 * when there is no ready pod behind it, and while pods of another revision still are.
 */
export function seeService(
  view: ServiceView,
  before: ServiceRecord | undefined,
  wantedReady: number,
  now: Instant,
): ServiceRecord {
  const hash = selectorHash(view);
  const { own, foreign } = readyEndpoints(view, hash);
  const wasSeen = before?.hash === hash && before.seenAt !== undefined;
  const isSeen = foreign === 0 && own >= (wasSeen ? Math.min(1, wantedReady) : wantedReady);
  const sinceBefore = before?.hash === hash ? (before.seenAt ?? before.movedAt) : formatMicroInstant(now);
  if (!isSeen) return { hash, ...(sinceBefore === undefined ? {} : { movedAt: sinceBefore }) };
  return { hash, seenAt: wasSeen && before.seenAt !== undefined ? before.seenAt : formatMicroInstant(now) };
}

/** The moment at which proxies know what was first seen at `seenAt`. */
export function knownAt(seenAt: string | undefined, propagationMs: number): Instant | undefined {
  const at = parseInstant(seenAt);
  return at === undefined ? undefined : addMs(at, propagationMs);
}
