import type { InventoryEntry } from '#api/flux/kustomization.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { groupOf } from '#core/kube/object.js';

/** What an inventory entry names. */
export interface InventoryRef {
  readonly namespace?: string;
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

/** `<namespace>_<name>_<group>_<kind>`; a `:` in a name (RBAC) is kept as `__`. */
export function inventoryId(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  const { namespace = '', name } = object.metadata;
  return [namespace, name.replaceAll(':', '__'), groupOf(object.apiVersion), object.kind].join('_');
}

/** The entry of one object. */
function inventoryEntry(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): InventoryEntry {
  return { id: inventoryId(object), v: object.apiVersion.slice(object.apiVersion.indexOf('/') + 1) };
}

/** The entries of a set of objects, sorted, each once. */
export function inventoryOf(objects: readonly KubeObject[]): readonly InventoryEntry[] {
  const entries = new Map(objects.map((object) => [inventoryId(object), inventoryEntry(object)]));
  return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Reads an entry back; `undefined` when the id is none. */
export function parseInventoryEntry({ id, v }: InventoryEntry): InventoryRef | undefined {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  if (match === null) return undefined;
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return {
    ...(namespace === '' ? {} : { namespace }),
    name: name.replaceAll('__', ':'),
    group,
    kind,
    version: v,
  };
}

/** `Kind/namespace/name` of what an entry names. */
export function subjectOfEntry(entry: InventoryEntry): string {
  const ref = parseInventoryEntry(entry);
  if (ref === undefined) return entry.id;
  return [ref.kind, ...(ref.namespace === undefined ? [] : [ref.namespace]), ref.name].join('/');
}

/** Entries of the old set that the new one does not have; a changed version alone is no difference. */
export function staleEntries(
  old: readonly InventoryEntry[],
  now: readonly InventoryEntry[],
): readonly InventoryEntry[] {
  const kept = new Set(now.map(({ id }) => id));
  return old.filter(({ id }) => !kept.has(id));
}
