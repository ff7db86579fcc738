import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze } from '#core/json/json.js';
import { compareVersions } from '#core/kube/object.js';
import type { Cache, CacheQuery } from '#ports/cache.js';
import { AppError } from '#ports/errors.js';
import { ObjectIndex } from '#runtime/informer/object-index.js';
import type { Change } from './change-feed.js';
import type { Lens } from './lens.js';

/** The objects of one kind as last told, with the indexes that a CacheQuery asks for. */
export class KindMirror {
  readonly #index = new ObjectIndex();
  /** Uids known to be gone before the change that says so has arrived. */
  readonly #gone = new Set<string>();

  /** Takes a change in; one that is older than what is known changes nothing. */
  take(change: Change): { readonly old?: UnknownObject; readonly taken: boolean } {
    const id = idOf(change.object.metadata.namespace, change.object.metadata.name);
    const old = this.#index.get(id);
    if (this.#isStale(change, old)) return { taken: false };
    if (change.type === 'DELETED') this.#index.delete(id);
    else this.#index.set(id, withoutManagedFields(change.object));
    return old === undefined ? { taken: true } : { old, taken: true };
  }

  /** Takes in that an object is gone although its last change has not arrived yet. */
  bury(namespace: string | undefined, name: string, uid: string): void {
    const object = this.get(namespace, name);
    if (object?.metadata.uid !== uid) return;
    this.take({ type: 'DELETED', object });
    this.#gone.add(uid);
  }

  #isStale(change: Change, old: UnknownObject | undefined): boolean {
    const { uid } = change.object.metadata;
    if (uid !== undefined && this.#gone.has(uid)) {
      if (change.type === 'DELETED') this.#gone.delete(uid);
      return true;
    }
    return old !== undefined && compareVersions(versionOf(change.object), versionOf(old)) < 0;
  }

  get(namespace: string | undefined, name: string): UnknownObject | undefined {
    return this.#index.get(idOf(namespace, name));
  }

  list(query: CacheQuery): readonly UnknownObject[] {
    return this.#index.list(query);
  }
}

/** A mirror, and what of its objects may be seen. */
export interface Watched {
  readonly mirror: KindMirror;
  readonly lens: Lens;
}

/** The Cache port over mirrors; asking for a kind that has none is a bug and throws. */
export function cacheOver(find: (kind: Kind) => Watched | undefined): Cache {
  const watched = (kind: Kind): Watched => {
    const found = find(kind);
    if (found !== undefined) return found;
    throw new AppError(
      'BrokenInvariant',
      `${kind.plural} are read from the cache but no controller watches them`,
    );
  };
  return {
    // The caller names the type that the kind's schema guarantees.
    get: <T extends KubeObject>(kind: Kind, namespace: string | undefined, name: string) => {
      const { mirror, lens } = watched(kind);
      const object = mirror.get(kind.namespaced ? namespace : undefined, name);
      return (object === undefined ? undefined : lens(object)) as T | undefined;
    },
    list: <T extends KubeObject>(kind: Kind, query: CacheQuery = {}) => {
      const { mirror, lens } = watched(kind);
      return mirror.list(query).flatMap((object) => lens(object) ?? []) as unknown as readonly T[];
    },
  };
}

function idOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function versionOf(object: UnknownObject): string | undefined {
  return object.metadata.resourceVersion;
}

function withoutManagedFields(object: UnknownObject): UnknownObject {
  if (object.metadata.managedFields === undefined) return deepFreeze(object);
  const { managedFields: _dropped, ...metadata } = object.metadata;
  return deepFreeze({ ...object, metadata });
}
