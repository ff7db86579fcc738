import { labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { encodeGoStruct } from '#core/template-hash/go-json.js';
import { podTemplateFields } from '#core/template-hash/pod-template-fields.js';
import { withPodDefaults } from './pod-defaults.js';

/** Labels and annotations that a ReplicaSet's template carries only for the role of its pods. */
export interface InjectedMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Whether a template that is wanted and one that was stored mean the same pods: Kubernetes' defaults, the hash label,
 * the injected metadata and anti-affinity, and the deprecated `serviceAccount` make no difference, nor do quantities
 * that are written otherwise.
 */
export function templatesEqualIgnoringDefaults(
  wanted: PodTemplateSpec,
  stored: PodTemplateSpec,
  injected: InjectedMetadata = {},
): boolean {
  return comparableText(wanted, {}) === comparableText(stored, injected);
}

function comparableText(template: PodTemplateSpec, injected: InjectedMetadata): string {
  const { metadata, spec, ...rest } = withPodDefaults(template);
  const plain = {
    ...rest,
    metadata: plainMetadata(asObject(metadata), injected),
    spec: plainSpec(asObject(spec)),
  };
  return encodeGoStruct(podTemplateFields, 'PodTemplateSpec', plain);
}

function plainMetadata(metadata: JsonObject, injected: InjectedMetadata): JsonObject {
  const injectedLabels = [labels.podTemplateHash, ...Object.keys(injected.labels ?? {})];
  return {
    ...metadata,
    labels: without(asObject(metadata['labels']), injectedLabels),
    annotations: without(asObject(metadata['annotations']), Object.keys(injected.annotations ?? {})),
  };
}

function plainSpec(spec: JsonObject): JsonObject {
  const { serviceAccount: _deprecated, affinity, ...rest } = spec;
  const plain = isObject(affinity) ? withoutInjectedAffinity(affinity) : affinity;
  return plain === undefined ? rest : { ...rest, affinity: plain };
}

/** Takes away the rule that keeps new pods off the nodes of the old ones, and what is empty without it. */
function withoutInjectedAffinity(affinity: JsonObject): JsonObject | undefined {
  const { podAntiAffinity, ...others } = affinity;
  if (!isObject(podAntiAffinity)) return affinity;
  const lists = Object.entries(podAntiAffinity).map(([name, terms]): [string, unknown] => [
    name,
    Array.isArray(terms) ? terms.filter((term) => !isInjected(term)) : terms,
  ]);
  const isSame = lists.every(([name, terms]) => lengthOf(terms) === lengthOf(podAntiAffinity[name]));
  if (isSame) return affinity;
  const left = lists.filter(([, terms]) => lengthOf(terms) > 0);
  if (left.length > 0) return { ...others, podAntiAffinity: Object.fromEntries(left) };
  return Object.keys(others).length === 0 ? undefined : others;
}

/** Only the controller selects by the hash label. */
function isInjected(term: unknown): boolean {
  const inner = asObject(asObject(term)['podAffinityTerm'] ?? term);
  const expressions = asObject(inner['labelSelector'])['matchExpressions'];
  return (
    Array.isArray(expressions) &&
    expressions.some((expression) => asObject(expression)['key'] === labels.podTemplateHash)
  );
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function without(map: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
