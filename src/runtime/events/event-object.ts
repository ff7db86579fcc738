import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import type { NewObject } from '#ports/kube.js';
import type { EventWrite } from './event-log.js';

/** Tells events of Sluice from those of the peer, whose component has the same name. */
export const reportingInstance = 'sluice';

/** An event that somebody recorded, and when. */
export interface Recorded {
  readonly object: KubeObject;
  readonly event: EventRecord;
  readonly at: Instant;
}

/** The core/v1 Event of what was recorded. `suffix` makes its name unique among the events of the object. */
export function eventObject(
  { object, event, at }: Recorded,
  write: EventWrite,
  component: string,
  suffix: bigint,
): NewObject<KubeObject & Readonly<Record<string, unknown>>> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: apiVersionOf(kinds.event),
    kind: kinds.event.kind,
    metadata: { name: `${name}.${suffix.toString(16)}`, namespace: namespace ?? 'default' },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      namespace,
      uid,
      resourceVersion,
    },
    type: event.type,
    reason: event.reason,
    message: write.message.slice(0, 1024),
    source: { component },
    reportingComponent: component,
    reportingInstance,
    firstTimestamp: formatInstant(write.firstAt),
    lastTimestamp: formatInstant(at),
    count: write.count,
  };
}
