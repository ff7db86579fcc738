import type { InventoryEntry } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import { parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import type { Connection } from '../io.js';

/** What an entry of an inventory names, as far as it is there. */
export interface EntryObject {
  readonly kind?: Kind;
  readonly object?: UnknownObject;
}

/** Reads what an entry names. */
export async function readEntry(
  { kube }: Pick<Connection, 'kube'>,
  entry: InventoryEntry,
): Promise<EntryObject> {
  const ref = parseInventoryEntry(entry);
  if (ref === undefined) return {};
  const kind = await kube.resolve(ref.group === '' ? ref.version : `${ref.group}/${ref.version}`, ref.kind);
  if (kind === undefined) return {};
  const place = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  const object = await kube.get({ kind, name: ref.name, ...place });
  return { kind, ...(object === undefined ? {} : { object }) };
}
