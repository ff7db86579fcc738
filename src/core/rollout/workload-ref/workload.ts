import type { Rollout, WorkloadRef } from '#api/argoproj/rollout.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import type { KubeObject, LabelSelector } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { groupOf } from '#core/kube/object.js';

/** What is read of an object that lends a Rollout its pod template. */
export interface Workload extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplateSpec;
  };
  /** Of a PodTemplate, which has no spec. */
  readonly template?: PodTemplateSpec;
}

/** The kinds that `workloadRef` may name. */
const workloadKinds: readonly Kind[] = [kinds.deployment, kinds.replicaSet, kinds.podTemplate];

/** The kind that a reference means, whatever version of its group it says; `undefined` for one that is not supported. */
export function workloadKindOf(ref: WorkloadRef): Kind | undefined {
  const group = groupOf(ref.apiVersion ?? '');
  return workloadKinds.find((kind) => kind.group === group && kind.kind === ref.kind);
}

/** Whether the Rollout takes its template from this object of its namespace. */
export function namesWorkload({ spec: { workloadRef } }: Rollout, kind: Kind, name: string): boolean {
  return workloadRef !== undefined && workloadRef.name === name && workloadKindOf(workloadRef) === kind;
}
