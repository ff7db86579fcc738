import type { UnknownObject } from '#api/k8s/meta.js';
import type { Origin, TrailEntry } from './build-metadata.js';
import { groupOf } from '#core/kube/object.js';

/** One object on its way through a build. */
export interface BuildItem {
  readonly object: UnknownObject;
  /** Its name gets a suffix made of its content at the very end. */
  readonly isHashed: boolean;
  /** Names and namespaces that it had before; a patch or a count may still call it so. */
  readonly former: readonly Pick<UnknownObject['metadata'], 'name' | 'namespace'>[];
  readonly origin?: Origin;
  /** What it went through so far. */
  readonly trail?: readonly TrailEntry[];
}

/** An object as it was read. */
export function itemOf(object: UnknownObject, isHashed = false, origin?: Origin): BuildItem {
  return { object, isHashed, former: [], ...(origin === undefined ? {} : { origin }) };
}

/** The object as it is and as it was called before: what a target is held against. */
export function aliasesOf({ object, former }: BuildItem): readonly UnknownObject[] {
  return [object, ...former.map((metadata) => withMetadata(object, metadata))];
}

/** `group/kind/namespace/name`: two items of one build never share it. */
export function identityOf({ apiVersion, kind, metadata }: UnknownObject): string {
  return [groupOf(apiVersion), kind, metadata.namespace ?? '', metadata.name].join('/');
}

/** The items with each object changed. */
export function mapObjects(
  items: readonly BuildItem[],
  change: (object: UnknownObject) => UnknownObject,
): readonly BuildItem[] {
  return items.map((item) => {
    const object = change(item.object);
    const { name, namespace } = item.object.metadata;
    const isSame = name === object.metadata.name && namespace === object.metadata.namespace;
    const old = { name, ...(namespace === undefined ? {} : { namespace }) };
    return { ...item, object, former: isSame ? item.former : [...item.former, old] };
  });
}

/** The object under another name or in another namespace. */
export function withMetadata(
  object: UnknownObject,
  metadata: Partial<Pick<UnknownObject['metadata'], 'name' | 'namespace'>>,
): UnknownObject {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}
