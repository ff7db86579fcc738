import { annotations, labels } from '#api/argoproj/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import type { IstioConfig } from './schema.js';

type RuleConfig = NonNullable<IstioConfig['destinationRule']>;

export const podTemplateHashLabel = labels.podTemplateHash;
export const managedByAnnotation = annotations.managedByRollouts;

/**
 * The destination rule with the pod hashes on the canary and stable subsets. Argo Rollouts drops every other subset
 * but its experiments'; here the user's subsets are kept, since a route may name them.
 */
export function labelSubsets(
  config: RuleConfig,
  request: TrafficRequest,
  live: UnknownObject,
): UnknownObject {
  const spec = objectAt(live, 'spec');
  const subsets = objectsAt(spec, 'subsets').map((subset) => {
    const name = textAt(subset, 'name');
    if (name === config.canarySubsetName) return withHash(subset, request.canary.podTemplateHash);
    return name === config.stableSubsetName ? withHash(subset, request.stable.podTemplateHash) : subset;
  });
  const marked = { ...live.metadata.annotations, [managedByAnnotation]: request.rollout.name };
  return { ...live, metadata: { ...live.metadata, annotations: marked }, spec: { ...spec, subsets } };
}

/** The destination rule as the user had it: no hash on any subset, no mark of ours. */
export function unlabelSubsets(live: UnknownObject): UnknownObject {
  const spec = objectAt(live, 'spec');
  const subsets = objectsAt(spec, 'subsets').map((subset) => withHash(subset, ''));
  const { [managedByAnnotation]: _, ...others } = live.metadata.annotations ?? {};
  return { ...live, metadata: { ...live.metadata, annotations: others }, spec: { ...spec, subsets } };
}

/** The hashes that the two subsets select; `''` where none is set, a message when a subset is missing. */
export function readSubsets(
  config: RuleConfig,
  live: UnknownObject,
): { readonly canary: string; readonly stable: string } | string {
  const subsets = objectsAt(live['spec'], 'subsets');
  const hashOf = (name: string): string | undefined => {
    const subset = subsets.find((candidate) => textAt(candidate, 'name') === name);
    return subset === undefined
      ? undefined
      : (textAt(objectAt(subset, 'labels'), podTemplateHashLabel) ?? '');
  };
  const canary = hashOf(config.canarySubsetName);
  const stable = hashOf(config.stableSubsetName);
  if (canary === undefined)
    return `subset '${config.canarySubsetName}' not found in DestinationRule '${config.name}'`;
  if (stable === undefined)
    return `subset '${config.stableSubsetName}' not found in DestinationRule '${config.name}'`;
  return { canary, stable };
}

function withHash(subset: JsonObject, hash: string): JsonObject {
  const { [podTemplateHashLabel]: _, ...others } = objectAt(subset, 'labels');
  return { ...subset, labels: hash === '' ? others : { ...others, [podTemplateHashLabel]: hash } };
}
