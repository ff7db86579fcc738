import type { UnknownObject } from '#api/k8s/meta.js';
import { Ring, type HistoryEntry } from './ring.js';

/** One write, decided but not done: exactly one object of one kind changes. */
export interface Change {
  readonly storageKey: string;
  /** Absent on creation. */
  readonly before?: UnknownObject;
  /** Absent on removal. */
  readonly after?: UnknownObject;
  /** On removal: the last state with the version of the removal. */
  readonly removed?: UnknownObject;
}

/** All stored objects, by kind, namespace and name, with their recent history and an index of owners. */
export class Table {
  readonly #kinds = new Map<string, Map<string, Map<string, UnknownObject>>>();
  readonly #rings = new Map<string, Ring<UnknownObject>>();
  readonly #byUid = new Map<string, Stored>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #deleting = new Set<string>();
  readonly #historySize: number;
  #version = 0;

  constructor(historySize: number) {
    this.#historySize = historySize;
  }

  /** The version of the last change; the next one gets one more. */
  get version(): number {
    return this.#version;
  }

  get(storageKey: string, namespace: string, name: string): UnknownObject | undefined {
    return this.#kinds.get(storageKey)?.get(namespace)?.get(name);
  }

  byUid(uid: string): Stored | undefined {
    return this.#byUid.get(uid);
  }

  /** Everything that names the uid as an owner. */
  dependentsOf(uid: string): readonly Stored[] {
    const found = [...(this.#dependents.get(uid) ?? [])].map((dependent) => this.#byUid.get(dependent));
    return found.filter((stored) => stored !== undefined);
  }

  /** Everything that is marked for deletion and still there. */
  deleting(): readonly Stored[] {
    return [...this.#deleting].map((uid) => this.#byUid.get(uid)).filter((stored) => stored !== undefined);
  }

  /** The uids that anything names as an owner. */
  ownerUids(): readonly string[] {
    return [...this.#dependents.keys()];
  }

  storageKeys(): readonly string[] {
    return [...this.#kinds.keys()];
  }

  /** In the order of the keys `namespace/name`. */
  list(storageKey: string, namespace: string | undefined): readonly UnknownObject[] {
    const byNamespace = this.#kinds.get(storageKey);
    if (byNamespace === undefined) return [];
    const chosen =
      namespace === undefined ? [...byNamespace.values()] : [byNamespace.get(namespace) ?? new Map()];
    const objects: UnknownObject[] = chosen.flatMap((byName) => [...byName.values()]);
    return objects.sort(compareKeys);
  }

  /** The same as it was at a version; `undefined` when that is forgotten. */
  listAt(
    storageKey: string,
    namespace: string | undefined,
    version: number,
  ): readonly UnknownObject[] | undefined {
    const later = this.since(storageKey, version);
    if (later === undefined) return undefined;
    const byKey = new Map(this.list(storageKey, undefined).map((object) => [keyOf(object), object]));
    for (const { before, after, removed } of later.toReversed()) {
      const changed = after ?? removed;
      if (changed !== undefined) byKey.delete(keyOf(changed));
      if (before !== undefined) byKey.set(keyOf(before), before);
    }
    const objects = [...byKey.values()].sort(compareKeys);
    return namespace === undefined ? objects : objects.filter((o) => o.metadata.namespace === namespace);
  }

  since(storageKey: string, version: number): readonly HistoryEntry<UnknownObject>[] | undefined {
    return this.#ring(storageKey).since(version);
  }

  compact(version: number): void {
    for (const ring of this.#rings.values()) ring.compact(version);
  }

  /** Does a change. The objects in it carry the next version already and are frozen. */
  commit(change: Change): HistoryEntry<UnknownObject> {
    const ring = this.#ring(change.storageKey);
    this.#version += 1;
    const { storageKey, ...states } = change;
    const entry = { version: this.#version, ...states };
    if (change.before !== undefined) this.#unindex(change.before);
    if (change.after !== undefined) this.#put(storageKey, change.after);
    else if (change.before !== undefined) this.#drop(storageKey, change.before);
    ring.push(entry);
    return entry;
  }

  #ring(storageKey: string): Ring<UnknownObject> {
    const known = this.#rings.get(storageKey);
    if (known !== undefined) return known;
    const ring = new Ring<UnknownObject>(this.#historySize, 0);
    this.#rings.set(storageKey, ring);
    return ring;
  }

  #put(storageKey: string, object: UnknownObject): void {
    const { namespace = '', name, uid = '' } = object.metadata;
    const byNamespace = this.#kinds.get(storageKey) ?? new Map<string, Map<string, UnknownObject>>();
    this.#kinds.set(storageKey, byNamespace);
    const byName = byNamespace.get(namespace) ?? new Map<string, UnknownObject>();
    byNamespace.set(namespace, byName);
    byName.set(name, object);
    this.#byUid.set(uid, { storageKey, object });
    if (object.metadata.deletionTimestamp !== undefined) this.#deleting.add(uid);
    for (const owner of object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set<string>();
      dependents.add(uid);
      this.#dependents.set(owner.uid, dependents);
    }
  }

  #drop(storageKey: string, object: UnknownObject): void {
    this.#kinds
      .get(storageKey)
      ?.get(object.metadata.namespace ?? '')
      ?.delete(object.metadata.name);
  }

  #unindex(object: UnknownObject): void {
    const uid = object.metadata.uid ?? '';
    this.#byUid.delete(uid);
    this.#deleting.delete(uid);
    for (const owner of object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }
}

/** An object and where it is kept. */
export interface Stored {
  readonly storageKey: string;
  readonly object: UnknownObject;
}

/** The key that orders lists. */
export function keyOf(object: UnknownObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function compareKeys(a: UnknownObject, b: UnknownObject): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
