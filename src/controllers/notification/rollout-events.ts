import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { compareVersions } from '#core/kube/object.js';
import { numberAt, objectAt, textAt } from '#core/json/read.js';
import { occurrenceId } from '#core/notify/notified.js';
import type { SeenEvent } from '#core/notify/snapshot.js';
import { instantOf, parseInstant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import type { RolloutVersions } from './rollout-versions.js';
import { reportingInstance } from '#runtime/events/event-object.js';

/** What is kept of an event. */
interface KeptEvent extends KubeObject {
  readonly involvedObject: JsonObject;
  readonly type: string;
  readonly reason: string;
  readonly count: number;
  readonly lastTimestamp: string;
  readonly reportingInstance: string;
}

/** The filter of the watch. */
export const eventFieldSelector = 'involvedObject.kind=Rollout';

/** Keeps what notifications need of an event. */
export function keepEvent(event: UnknownObject): KeptEvent {
  const { kind, name, uid, resourceVersion } = objectAt(event, 'involvedObject');
  return {
    apiVersion: event.apiVersion,
    kind: event.kind,
    metadata: event.metadata,
    involvedObject: { kind, name, uid, resourceVersion },
    type: textAt(event, 'type') ?? 'Normal',
    reason: textAt(event, 'reason') ?? '',
    count: numberAt(event, 'count') ?? 1,
    lastTimestamp: textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? '',
    reportingInstance: textAt(event, 'reportingInstance') ?? '',
  };
}

/** The Rollout that an event is about. */
export function eventKeys(event: UnknownObject): readonly ReconcileKey[] {
  const about = objectAt(event, 'involvedObject');
  const name = textAt(about, 'name');
  const { namespace } = event.metadata;
  if (textAt(about, 'kind') !== kinds.rollout.kind || name === undefined) return [];
  return [{ name, ...(namespace === undefined ? {} : { namespace }) }];
}

/** Events about one Rollout, in the order in which they happened: those of any controller, and those of Sluice alone. */
export interface RolloutEvents {
  readonly all: readonly SeenEvent[];
  readonly own: readonly SeenEvent[];
}

/** Reads the events about a Rollout from the cache. Those that tell of notifications are left out. */
export function readEvents(
  cache: Cache,
  versions: RolloutVersions,
  key: ReconcileKey,
  rolloutUid: string,
): RolloutEvents {
  const { namespace = '' } = key;
  const versionOf: FindVersion = (version) => versions.find(key, rolloutUid, version);
  const kept = cache
    .list<KeptEvent>(kinds.event, { namespace, ownerUid: rolloutUid })
    .filter(({ reason }) => !reason.startsWith('Notification'))
    .toSorted(byTime);
  return {
    all: kept.map((one) => seen(one, versionOf)),
    own: kept.filter((one) => one.reportingInstance === reportingInstance).map((one) => seen(one, versionOf)),
  };
}

/** Times have whole seconds; within one the order of the writes tells. */
function byTime(a: KeptEvent, b: KeptEvent): number {
  const apart = (parseInstant(a.lastTimestamp) ?? 0) - (parseInstant(b.lastTimestamp) ?? 0);
  return apart || compareVersions(a.metadata.resourceVersion, b.metadata.resourceVersion);
}

type FindVersion = (resourceVersion: string) => Rollout | undefined;

/** Of an event that is counted up only the first occurrence says of which version it is. */
function seen(
  { metadata, involvedObject, type, reason, count, lastTimestamp }: KeptEvent,
  versionOf: FindVersion,
): SeenEvent {
  const rollout = count === 1 ? versionOf(textAt(involvedObject, 'resourceVersion') ?? '') : undefined;
  return {
    id: occurrenceId(metadata.uid ?? metadata.name, count),
    type,
    reason,
    at: parseInstant(lastTimestamp) ?? instantOf(0),
    ...(rollout === undefined ? {} : { rollout }),
  };
}
