import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { groupOf } from '#core/kube/object.js';
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
  /** When it was last recorded, if it stands for several. */
  readonly lastAt?: Instant;
  /** How many it stands for. Default 1. */
  readonly times?: number;
  /** Their words, if it stands for others than its own. */
  readonly messages?: readonly string[];
}

/** All that an event says. */
export function wordsOf({ event, messages = [event.message] }: Recorded): readonly string[] {
  return messages;
}

/** Who tells of the kinds of these groups, as in the peer. */
const reporters: Readonly<Record<string, string>> = {
  'source.toolkit.fluxcd.io': 'source-controller',
  'kustomize.toolkit.fluxcd.io': 'kustomize-controller',
  'notification.toolkit.fluxcd.io': 'notification-controller',
};

/** The core/v1 Event of what was recorded. `suffix` makes its name unique among the events of the object. */
export function eventObject(
  { object, event, at, lastAt = at }: Recorded,
  write: EventWrite,
  component: string,
  suffix: bigint,
): NewObject<KubeObject & Readonly<Record<string, unknown>>> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const group = groupOf(object.apiVersion);
  const reporter = reporters[group] ?? component;
  const about = Object.entries(event.metadata ?? {}).map(
    ([key, value]) => [`${group}/${key}`, value] as const,
  );
  const annotations = about.length === 0 ? {} : { annotations: Object.fromEntries(about) };
  return {
    apiVersion: apiVersionOf(kinds.event),
    kind: kinds.event.kind,
    metadata: { name: `${name}.${suffix.toString(16)}`, namespace: namespace ?? 'default', ...annotations },
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
    source: { component: reporter },
    reportingComponent: reporter,
    reportingInstance,
    firstTimestamp: formatInstant(write.firstAt),
    lastTimestamp: formatInstant(lastAt),
    count: write.count,
  };
}

/** Names the object that an event is about. */
export function subjectKey({ kind, metadata }: KubeObject): string {
  return [metadata.uid ?? '', kind, metadata.namespace ?? '', metadata.name].join('\n');
}

/** Names what is similar: everything but the message. */
export function groupKey({ object, event: { type, reason } }: Pick<Recorded, 'object' | 'event'>): string {
  return [subjectKey(object), type, reason].join('\n');
}
