import type { Rollout } from '#api/argoproj/rollout.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { isObject } from '#core/json/json.js';
import { objectAt } from '#core/json/read.js';
import { templatesEqualIgnoringDefaults } from '#core/pod-defaults/equal-templates.js';
import { groupOf, subjectOf } from '#core/kube/object.js';
import { inventoryId } from '../apply/inventory.js';

/** A Rollout with the object that it borrows its template from, as far as both are built. */
export interface Workload {
  readonly rollout: Rollout;
  /** The object whose `spec.template` (of a PodTemplate: `template`) is released. Absent: it is not in this source. */
  readonly holder?: UnknownObject;
}

/** The workload of a Rollout among built objects. */
export function workloadOf(rollout: Rollout, objects: readonly UnknownObject[]): Workload {
  const { workloadRef } = rollout.spec;
  if (workloadRef === undefined) return { rollout, holder: asUnknown(rollout) };
  const { apiVersion = '', kind = '', name = '' } = workloadRef;
  const { namespace } = rollout.metadata;
  const id = inventoryId({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  });
  const holder = objects.find((object) => inventoryId(object) === id);
  return { rollout, ...(holder === undefined ? {} : { holder }) };
}

/**
 * Changes when a source changes the workload: its template, its strategy, its selector. How many pods it has, whether it
 * is paused and when it is restarted are no new version of it.
 */
export function workloadDigest({ rollout, holder }: Workload): string {
  const { replicas: _replicas, paused: _paused, restartAt: _restart, ...spec } = rollout.spec;
  const { replicas: _count, ...lent } = holder === undefined ? {} : objectAt(holder, 'spec');
  const template = holder === undefined ? {} : templateOf(holder);
  return sha256Hex(
    JSON.stringify([spec, rollout.spec.workloadRef === undefined ? {} : lent, template]),
  ).slice(0, 16);
}

/** What a build means for a workload. */
export interface WorkloadState {
  /** `absent` when it is not there. */
  readonly digest: string;
  /** It has the template that was good. */
  readonly isGood: boolean;
}

/** The state of the Rollout with this subject among built objects. @param good - the template of its last good revision. */
export function workloadStateIn(
  objects: readonly UnknownObject[],
  subject: string,
  good: PodTemplateSpec,
): WorkloadState {
  const rollout = objects.find(
    (object): object is Rollout & UnknownObject => isRollout(object) && subjectOf(object) === subject,
  );
  if (rollout === undefined) return { digest: 'absent', isGood: false };
  const workload = workloadOf(rollout, objects);
  const { holder } = workload;
  const isGood = holder !== undefined && templatesEqualIgnoringDefaults(templateOf(holder), good);
  return { digest: workloadDigest(workload), isGood };
}

/** Whether an object is a Rollout of the group that is served, with a spec. */
export function isRollout(object: KubeObject): object is Rollout {
  const isKind = object.kind === 'Rollout' && groupOf(object.apiVersion) === 'argoproj.io';
  return isKind && 'spec' in object && isObject(object.spec);
}

/** The pod template of an object that has one. */
export function templateOf(holder: UnknownObject): PodTemplateSpec {
  return objectAt(holder.kind === 'PodTemplate' ? holder : holder['spec'], 'template');
}

/** The object with another template. */
export function withTemplate(holder: UnknownObject, template: PodTemplateSpec): UnknownObject {
  if (holder.kind === 'PodTemplate') return { ...holder, template };
  const spec = isObject(holder['spec']) ? holder['spec'] : {};
  return { ...holder, spec: { ...spec, template } };
}

function asUnknown(rollout: Rollout): UnknownObject {
  return { ...rollout };
}
