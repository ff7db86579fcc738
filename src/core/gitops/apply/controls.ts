import { fluxKeys } from '#api/flux/words.js';
import type { KubeObject } from '#api/k8s/meta.js';

type Control = 'reconcile' | 'ssa' | 'force' | 'prune' | 'substitute' | 'decrypt';

/** Whether a label or annotation of the object says this, in any case. */
export function says(object: KubeObject | undefined, control: Control, value: string): boolean {
  const { labels, annotations } = object?.metadata ?? {};
  const key = fluxKeys[control];
  const isValue = (text: string | undefined) => text?.toLowerCase() === value.toLowerCase();
  return isValue(labels?.[key]) || isValue(annotations?.[key]);
}

/** Never applied, never deleted, left out of the health check; stays in the inventory. */
export function isExcluded(desired: KubeObject, live: KubeObject | undefined): boolean {
  const isOff = (object: KubeObject | undefined) =>
    says(object, 'reconcile', 'disabled') || says(object, 'ssa', 'Ignore');
  const isOnlyCreated = live !== undefined && says(desired, 'ssa', 'IfNotPresent');
  return isOff(desired) || isOff(live) || isOnlyCreated;
}

/** Deleted and made anew when a field cannot be changed. */
export function isForced(desired: KubeObject, specForce: boolean): boolean {
  return specForce || says(desired, 'force', 'enabled');
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
    says(live, 'prune', 'disabled') || says(live, 'reconcile', 'disabled') || says(live, 'ssa', 'Ignore');
  return isOurs && !isKept;
}
