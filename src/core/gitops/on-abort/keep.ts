import type { Rollout } from '#api/argoproj/rollout.js';
import type { InventoryEntry, Kustomization } from '#api/flux/kustomization.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { inventoryId, parseInventoryEntry } from '../apply/inventory.js';
import type { Templates } from './judge.js';
import { onAbortOf } from './policy.js';

/** A Rollout that can go back to its last good revision, which therefore must keep what it mounts. */
export interface Keeper {
  /** Inventory id. */
  readonly id: string;
  readonly namespace: string;
  readonly uid: string;
  /** Of the last good revision. */
  readonly hash: string;
}

/** The Rollouts that are held when they are aborted. */
export function keepersOf(kustomization: Kustomization, rollouts: readonly Rollout[]): readonly Keeper[] {
  return rollouts.flatMap((rollout) => {
    const asked = onAbortOf(rollout, kustomization);
    const hash = rollout.status?.stableRS ?? '';
    if (!asked.ok || asked.value?.policy !== 'hold' || hash === '') return [];
    const { namespace = '', uid = '' } = rollout.metadata;
    return [{ id: inventoryId(rollout), namespace, uid, hash }];
  });
}

/** Kinds that pods refer to by name. */
const kept = new Set(['ConfigMap', 'Secret', 'PersistentVolumeClaim', 'ServiceAccount']);

/** The Rollouts whose last good revision has to be read before these entries may be deleted. */
export function keepersFor(
  entries: readonly InventoryEntry[],
  keepers: readonly Keeper[],
): readonly Keeper[] {
  const places = new Set(
    entries.flatMap((entry) => {
      const ref = parseInventoryEntry(entry);
      return ref?.group === '' && kept.has(ref.kind) ? [ref.namespace ?? ''] : [];
    }),
  );
  return keepers.filter(({ namespace }) => places.has(namespace));
}

/** Whether the last good revision of one of them needs the entry. */
export function isNeeded(entry: InventoryEntry, keepers: readonly Keeper[], templates: Templates): boolean {
  const ref = parseInventoryEntry(entry);
  if (ref?.group !== '' || !kept.has(ref.kind)) return false;
  return keepers.some(({ id, namespace, hash }) => {
    const template = templates[id]?.[hash];
    return namespace === ref.namespace && namesIn(template).has(`${ref.kind}/${ref.name}`);
  });
}

/** Fields of a pod by which an object is named, however deep they stand. */
const references: Readonly<Record<string, readonly [field: string, kind: string]>> = {
  configMap: ['name', 'ConfigMap'],
  configMapRef: ['name', 'ConfigMap'],
  configMapKeyRef: ['name', 'ConfigMap'],
  secret: ['secretName', 'Secret'],
  secretRef: ['name', 'Secret'],
  secretKeyRef: ['name', 'Secret'],
  persistentVolumeClaim: ['claimName', 'PersistentVolumeClaim'],
};

/** `Kind/name` of everything that a template refers to. */
function namesIn(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (each: unknown): void => {
    if (Array.isArray(each)) each.forEach(visit);
    if (!isObject(each)) return;
    for (const [key, inner] of Object.entries(each)) {
      const [field, kind] = references[key] ?? [];
      if (kind !== undefined)
        names.add(`${kind}/${textAt(inner, field ?? '') ?? textAt(inner, 'name') ?? ''}`);
      if (key === 'serviceAccountName') names.add(`ServiceAccount/${String(inner)}`);
      if (key === 'imagePullSecrets' && Array.isArray(inner))
        inner.forEach((secret) => names.add(`Secret/${textAt(secret, 'name') ?? ''}`));
      visit(inner);
    }
  };
  visit(value);
  return names;
}
