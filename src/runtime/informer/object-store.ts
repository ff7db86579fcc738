import type { UnknownObject } from '#api/k8s/meta.js';
import { compareVersions } from '#core/kube/object.js';
import type { CacheQuery } from '#ports/cache.js';
import { ObjectIndex } from './object-index.js';

/** A change of what readers see. `old` is absent for a new object, `object` for one that is gone. */
export interface StoreChange {
  readonly old?: UnknownObject;
  readonly object?: UnknownObject;
}

/** An own write that the watch has not delivered yet. */
type Unseen =
  { readonly type: 'written'; readonly version: string } | { readonly type: 'removed'; readonly uid: string };

/** Uids remembered after their deletion, so that the answer to a write that comes late does not bring one back. */
const rememberedDeletions = 1000;

/**
 * The objects of one watch as a reader sees them: what the watch has delivered, or the outcome of an own write as long as
 * that is newer. Every method that changes it returns what changed for a reader; equal versions change nothing.
 */
export class ObjectStore {
  readonly #index = new ObjectIndex();
  readonly #unseen = new Map<string, Unseen>();
  readonly #deleted = new Set<string>();
  #listed: Set<string> | undefined;

  get(namespace: string | undefined, name: string): UnknownObject | undefined {
    return this.#index.get(idOf(namespace, name));
  }

  /** Sorted by namespace and name. */
  list(query: CacheQuery): readonly UnknownObject[] {
    return this.#index.list(query);
  }

  get size(): number {
    return this.#index.size;
  }

  /** Own writes that the watch has not delivered yet. */
  get unseenCount(): number {
    return this.#unseen.size;
  }

  beginList(): void {
    this.#listed = new Set();
  }

  /** An object of a list. */
  listed(object: UnknownObject): StoreChange | undefined {
    this.#listed?.add(idOf(object.metadata.namespace, object.metadata.name));
    return this.delivered(object);
  }

  /** The list of `version` is complete: what it did not hold is gone, but for own writes that are newer. */
  endList(version: string): readonly StoreChange[] {
    const listed = this.#listed ?? new Set();
    this.#listed = undefined;
    const changes: StoreChange[] = [];
    for (const id of [...this.#index.ids(), ...this.#unseen.keys()]) {
      if (listed.has(id)) continue;
      const unseen = this.#unseen.get(id);
      if (unseen?.type === 'written' && compareVersions(unseen.version, version) > 0) continue;
      this.#unseen.delete(id);
      const change = this.#remove(id);
      if (change !== undefined) changes.push(change);
    }
    this.progressed(version);
    return changes;
  }

  /** The watch has delivered an object that exists. */
  delivered(object: UnknownObject): StoreChange | undefined {
    const id = idOf(object.metadata.namespace, object.metadata.name);
    if (this.#isOutdated(id, object)) return undefined;
    this.#unseen.delete(id);
    return this.#put(id, object);
  }

  /** The watch has delivered that an object is gone, or has left the selector. */
  removed(object: UnknownObject): StoreChange | undefined {
    const { namespace, name, uid } = object.metadata;
    const id = idOf(namespace, name);
    const unseen = this.#unseen.get(id);
    if (unseen?.type === 'written' && compareVersions(object.metadata.resourceVersion, unseen.version) < 0) {
      return undefined;
    }
    this.#unseen.delete(id);
    if (uid !== undefined) this.#remember(uid);
    return this.#remove(id);
  }

  /** Everything up to this version has been delivered, so no own write up to it can be unseen. */
  progressed(version: string): void {
    for (const [id, unseen] of this.#unseen) {
      if (unseen.type === 'written' && compareVersions(unseen.version, version) <= 0) this.#unseen.delete(id);
    }
  }

  /** The outcome of an own write. One that the watch has overtaken changes nothing. */
  wrote(object: UnknownObject, belongs: boolean): StoreChange | undefined {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const id = idOf(namespace, name);
    const current = this.#index.get(id);
    if (uid !== undefined && this.#deleted.has(uid)) return undefined;
    if (compareVersions(resourceVersion, current?.metadata.resourceVersion) <= 0) return undefined;
    if (!belongs && current === undefined) return undefined;
    this.#unseen.set(id, { type: 'written', version: resourceVersion ?? '' });
    return belongs ? this.#put(id, object) : this.#remove(id);
  }

  /** An own deletion is complete: the object of this uid does not exist any more. */
  wroteRemoval(namespace: string | undefined, name: string, uid: string): StoreChange | undefined {
    const id = idOf(namespace, name);
    if (this.#index.get(id)?.metadata.uid !== uid) return undefined;
    this.#unseen.set(id, { type: 'removed', uid });
    return this.#remove(id);
  }

  clear(): readonly StoreChange[] {
    this.#unseen.clear();
    return [...this.#index.ids()].flatMap((id) => this.#remove(id) ?? []);
  }

  #isOutdated(id: string, object: UnknownObject): boolean {
    const unseen = this.#unseen.get(id);
    if (unseen === undefined) return false;
    if (unseen.type === 'removed') return object.metadata.uid === unseen.uid;
    return compareVersions(object.metadata.resourceVersion, unseen.version) < 0;
  }

  #put(id: string, object: UnknownObject): StoreChange | undefined {
    const old = this.#index.get(id);
    if (old !== undefined && isSameVersion(old, object)) return undefined;
    this.#index.set(id, object);
    return old === undefined ? { object } : { old, object };
  }

  #remove(id: string): StoreChange | undefined {
    const old = this.#index.delete(id);
    return old === undefined ? undefined : { old };
  }

  #remember(uid: string): void {
    this.#deleted.add(uid);
    const [oldest] = this.#deleted;
    if (this.#deleted.size > rememberedDeletions && oldest !== undefined) this.#deleted.delete(oldest);
  }
}

function isSameVersion(a: UnknownObject, b: UnknownObject): boolean {
  const version = a.metadata.resourceVersion;
  return version !== undefined && version === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid;
}

function idOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
