import type { InventoryEntry } from '#api/flux/kustomization.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { groupOf } from '#core/kube/object.js';
import { parseInventoryEntry } from './inventory.js';

/** Objects that are applied together, and whether the next stage waits until they are current. */
export interface Stage {
  readonly objects: readonly UnknownObject[];
  readonly isAwaited: boolean;
}

const firstKinds = [
  'CustomResourceDefinition',
  'Namespace',
  'ClusterRole',
  'ClusterClass',
  'RuntimeClass',
  'PriorityClass',
  'StorageClass',
  'VolumeSnapshotClass',
  'IngressClass',
  'GatewayClass',
  'ClusterRoleBinding',
  'ResourceQuota',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'Service',
  'LimitRange',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];

const lastKinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

const definitions = new Set(['CustomResourceDefinition', 'Namespace', 'ClusterRole']);

/** Definitions first, then classes, then the kinds named by the operator (`group/Kind`), then the rest; each in apply order. */
export function stagesOf(
  objects: readonly UnknownObject[],
  customKinds: readonly string[] = [],
): readonly Stage[] {
  const sorted = [...objects].sort(compareForApply);
  const isDefinition = (o: KubeObject) => definitions.has(o.kind);
  const isClass = (o: KubeObject) => !isDefinition(o) && o.kind.endsWith('Class');
  const isCustom = (o: KubeObject) =>
    !isDefinition(o) && !isClass(o) && customKinds.includes(`${groupOf(o.apiVersion)}/${o.kind}`);
  const stages = [
    { objects: sorted.filter(isDefinition), isAwaited: true },
    { objects: sorted.filter(isClass), isAwaited: true },
    { objects: sorted.filter(isCustom), isAwaited: false },
    { objects: sorted.filter((o) => !isDefinition(o) && !isClass(o) && !isCustom(o)), isAwaited: false },
  ];
  return stages.filter((stage) => stage.objects.length > 0);
}

/** The order in which objects are applied: by rank of the kind, then group and kind, namespace, name. */
function compareForApply(a: KubeObject, b: KubeObject): number {
  return compareKeys(
    keyOf(a.kind, groupOf(a.apiVersion), a.metadata),
    keyOf(b.kind, groupOf(b.apiVersion), b.metadata),
  );
}

/** The order in which inventory entries are deleted: the reverse of the one in which they are applied. */
export function compareForDelete(a: InventoryEntry, b: InventoryEntry): number {
  const [left, right] = [parseInventoryEntry(a), parseInventoryEntry(b)];
  if (left === undefined || right === undefined) return a.id < b.id ? -1 : 1;
  return compareKeys(keyOf(right.kind, right.group, right), keyOf(left.kind, left.group, left));
}

type SortKey = readonly [rank: number, ...names: readonly string[]];

function keyOf(
  kind: string,
  group: string,
  { namespace = '', name }: { namespace?: string; name: string },
): SortKey {
  const early = firstKinds.indexOf(kind);
  const late = lastKinds.indexOf(kind);
  const rank = early >= 0 ? early : late >= 0 ? 1000 + late : 500;
  return [rank, rank === 500 ? `${group}/${kind}` : '', namespace, name];
}

function compareKeys(a: SortKey, b: SortKey): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}
