import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { matchesSelector } from '#core/kube/selector.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import type { Cache } from '#ports/cache.js';
import type { TrafficProvider } from '#providers/contract.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import { configsOf, isMeant } from './routers.js';

/** Which Rollouts a change concerns. */
export type KeysOf = (object: UnknownObject, cache: Cache) => readonly ReconcileKey[];

export const ownKey: KeysOf = (object) => [keyFor(object)];

/** The Rollout that controls the object, or that could take it over. */
export const ownerKeys: KeysOf = (object, cache) => {
  const owner = controllerOf(object);
  if (owner?.kind === kinds.rollout.kind) return [key(object, owner.name)];
  if (owner !== undefined || object.kind !== kinds.replicaSet.kind) return [];
  return rolloutsBeside(cache, object)
    .filter((rollout) => matchesSelector(rollout.spec.selector, object.metadata.labels))
    .map(keyFor);
};

/** The Rollout of the ReplicaSet of a pod. */
export const podKeys: KeysOf = (pod, cache) => {
  const owner = controllerOf(pod);
  if (owner?.kind !== kinds.replicaSet.kind) return [];
  const rs = cache.get(kinds.replicaSet, pod.metadata.namespace, owner.name);
  return rs === undefined ? [] : ownerKeys(rs, cache);
};

export const serviceKeys: KeysOf = (service, cache) => {
  const manager = service.metadata.annotations?.[annotations.managedByRollouts];
  const named = [...namingService(cache, service, service.metadata.name), ...experimentOwner(service, cache)];
  return manager === undefined ? named : [...named, key(service, manager)];
};

export const endpointSliceKeys: KeysOf = (slice, cache) => {
  const name = slice.metadata.labels?.['kubernetes.io/service-name'];
  if (name === undefined) return [];
  const service = cache.get(kinds.service, slice.metadata.namespace, name);
  const ofExperiment = service === undefined ? [] : experimentOwner(service, cache);
  return [...namingService(cache, slice, name), ...ofExperiment];
};

/** The Rollout whose experiment made the Service. */
function experimentOwner(service: UnknownObject, cache: Cache): readonly ReconcileKey[] {
  const owner = controllerOf(service);
  if (owner?.kind !== kinds.experiment.kind) return [];
  const experiment = cache.get(kinds.experiment, service.metadata.namespace, owner.name);
  return experiment === undefined ? [] : ownerKeys(experiment, cache);
}

/** Every Rollout that uses templates: nested ones make it costly to know better, and templates rarely change. */
export const templateKeys: KeysOf = (template, cache) => {
  const namespace = template.metadata.namespace;
  const all = cache.list<Rollout>(kinds.rollout, namespace === undefined ? {} : { namespace });
  return all.filter(usesAnalysis).map(keyFor);
};

function usesAnalysis({ spec }: Rollout): boolean {
  const { canary, blueGreen } = spec.strategy ?? {};
  return (
    canary?.analysis !== undefined ||
    (canary?.steps ?? []).some((step) => step.analysis !== undefined) ||
    blueGreen?.prePromotionAnalysis !== undefined ||
    blueGreen?.postPromotionAnalysis !== undefined
  );
}

/** Rollouts whose routers name an object of this kind, and the one whose mark it carries, which may be gone. */
export function routeKeys(kind: Kind, providers: readonly TrafficProvider[]): KeysOf {
  return (object, cache) => {
    const manager = object.metadata.annotations?.[annotations.managedByRollouts];
    const naming = cache
      .list<Rollout>(kinds.rollout)
      .filter((rollout) => {
        const { namespace, name } = rollout.metadata;
        return configsOf(rollout, providers).some(({ provider, config }) =>
          provider.references(config, namespace ?? '', name).some((reference) => isMeant(reference, object)),
        );
      })
      .map(keyFor);
    return manager === undefined ? naming : [...naming, key(object, manager)];
  };
}

function namingService(cache: Cache, beside: UnknownObject, service: string): readonly ReconcileKey[] {
  return rolloutsBeside(cache, beside)
    .filter((rollout) => serviceNames(rollout).includes(service))
    .map(keyFor);
}

function rolloutsBeside(cache: Cache, object: UnknownObject): readonly Rollout[] {
  return cache.list<Rollout>(kinds.rollout, { namespace: object.metadata.namespace ?? '' });
}

function keyFor(object: { readonly metadata: UnknownObject['metadata'] }): ReconcileKey {
  return key(object, object.metadata.name);
}

function key(beside: { readonly metadata: UnknownObject['metadata'] }, name: string): ReconcileKey {
  const { namespace } = beside.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}
