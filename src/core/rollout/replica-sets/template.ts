import { annotations, labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { withoutAntiAffinity } from './anti-affinity.js';

type TextMap = Readonly<Record<string, string>>;

/** Labels and annotations that a ReplicaSet's pods carry only while it has its role. */
export interface AddedMetadata {
  readonly labels: TextMap;
  readonly annotations: TextMap;
}

/**
 * A template without what the controller put into it: hash label, anti-affinity to the stable revision and the metadata that the ReplicaSet's annotations
 * say was added. What is left equals the template of the spec that it was made from.
 */
export function plainTemplate(given: PodTemplateSpec, ofReplicaSet: TextMap = {}): PodTemplateSpec {
  const template = withoutAntiAffinity(given);
  const added = addedMetadata(ofReplicaSet);
  const without = (map: TextMap | undefined, taken: TextMap): TextMap =>
    Object.fromEntries(
      Object.entries(map ?? {}).filter(([key]) => key !== labels.podTemplateHash && taken[key] === undefined),
    );
  const plainLabels = without(template.metadata?.labels, added.labels);
  const plainAnnotations = without(template.metadata?.annotations, added.annotations);
  const { labels: _labels, annotations: _annotations, ...metadata } = template.metadata ?? {};
  return {
    ...template,
    metadata: {
      ...metadata,
      ...(Object.keys(plainLabels).length === 0 ? {} : { labels: plainLabels }),
      ...(Object.keys(plainAnnotations).length === 0 ? {} : { annotations: plainAnnotations }),
    },
  };
}

/** What the annotation of a ReplicaSet says was added to its template; nothing when it is absent or unreadable. */
export function addedMetadata(ofReplicaSet: TextMap): AddedMetadata {
  const parsed = parseJson(ofReplicaSet[annotations.ephemeralMetadata]);
  return { labels: textMap(parsed['labels']), annotations: textMap(parsed['annotations']) };
}

/** What the annotation says of added metadata, as the peer writes it; `null` when nothing was added. */
export function metadataNote({ labels: added, annotations: notes }: AddedMetadata): string | null {
  const parts = { labels: added, annotations: notes };
  const used = Object.entries(parts).filter(([, map]) => Object.keys(map).length > 0);
  const sorted = used.map(([name, map]) => [name, Object.fromEntries(Object.entries(map).toSorted(byKey))]);
  return used.length === 0 ? null : JSON.stringify(Object.fromEntries(sorted));
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function parseJson(text: string | undefined): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    return isObject(parsed) ? parsed : {};
  } catch {
    // An annotation that somebody broke says nothing.
    return {};
  }
}

function textMap(value: unknown): TextMap {
  if (!isObject(value)) return {};
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) if (typeof text === 'string') entries.push([key, text]);
  return Object.fromEntries(entries);
}
