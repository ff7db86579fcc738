import { fluxKeys } from '#api/flux/words.js';
import type { KubeObject } from '#api/k8s/meta.js';

/** Whether a label or annotation says this, in any case. */
function says(object: KubeObject | undefined, key: string, value: string): boolean {
  const { labels, annotations } = object?.metadata ?? {};
  const isValue = (text: string | undefined) => text?.toLowerCase() === value.toLowerCase();
  return isValue(labels?.[key]) || isValue(annotations?.[key]);
}

/** Never applied, never deleted, left out of the health check; stays in the inventory. */
export function isExcluded(desired: KubeObject, live: KubeObject | undefined): boolean {
  const isOff = (object: KubeObject | undefined) =>
    says(object, fluxKeys.reconcile, 'disabled') || says(object, fluxKeys.ssa, 'Ignore');
  const isOnlyCreated = live !== undefined && says(desired, fluxKeys.ssa, 'IfNotPresent');
  return isOff(desired) || isOff(live) || isOnlyCreated;
}

/** Deleted and made anew when a field cannot be changed. */
export function isForced(desired: KubeObject, specForce: boolean): boolean {
  return specForce || says(desired, fluxKeys.force, 'enabled');
}

/** Whether garbage collection may delete the live object of this Kustomization. */
export function mayPrune(
  live: KubeObject,
  owner: { readonly namespace: string; readonly name: string },
): boolean {
  const { labels } = live.metadata;
  const isOurs =
    labels?.[fluxKeys.kustomizationName] === owner.name &&
    labels[fluxKeys.kustomizationNamespace] === owner.namespace;
  const isKept =
    says(live, fluxKeys.prune, 'disabled') ||
    says(live, fluxKeys.reconcile, 'disabled') ||
    says(live, fluxKeys.ssa, 'Ignore');
  return isOurs && !isKept;
}
