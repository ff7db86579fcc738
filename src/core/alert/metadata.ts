import type { Alert } from '#api/flux/alert.js';
import { fluxKeys } from '#api/flux/words.js';
import { groupOf } from '#core/kube/object.js';
import type { FluxEvent } from './flux-event.js';

/** What is told beside the message, and keys that more than one source gave. */
export interface MergedMetadata {
  readonly metadata: Readonly<Record<string, string>>;
  readonly conflicts: readonly string[];
}

/** Of the controller, and nothing for readers. */
const internal = new Set(['checksum', 'digest', 'token']);

/**
 * The metadata of an event for an Alert, prefixes stripped; keys without one are dropped. What comes later stands:
 * annotations of the object, `eventMetadata`, `summary`, the controller.
 */
export function mergeMetadata({ spec }: Alert, event: FluxEvent): MergedMetadata {
  const sources: readonly Readonly<Record<string, string>>[] = [
    withPrefix(event, fluxKeys.eventPrefix),
    spec.eventMetadata ?? {},
    spec.summary === undefined || spec.summary === '' ? {} : { summary: spec.summary },
    controllerMetadata(event),
  ];
  const counts = new Map<string, number>();
  for (const source of sources)
    for (const key of Object.keys(source)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    metadata: Object.fromEntries(sources.flatMap((source) => Object.entries(source))),
    conflicts: [...counts]
      .filter(([, count]) => count > 1)
      .map(([key]) => key)
      .sort(),
  };
}

/** What the controller itself said, without what is for machines alone. */
function controllerMetadata(event: FluxEvent): Readonly<Record<string, string>> {
  const all = withPrefix(event, `${groupOf(event.involvedObject.apiVersion ?? '')}/`);
  return Object.fromEntries(Object.entries(all).filter(([key]) => !internal.has(key)));
}

function withPrefix({ metadata = {} }: FluxEvent, prefix: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) =>
      key.startsWith(prefix) && key.length > prefix.length ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

/** The warning about keys that more than one source gave. */
export function conflictMessage(conflicts: readonly string[]): string {
  return `metadata key conflicts detected (please refer to the Alert API docs and Flux RFC 0008 for more information): ${conflicts.join(', ')}`;
}
