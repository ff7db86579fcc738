import type { UnknownObject } from '#api/k8s/meta.js';
import { ownerUidOf } from '#core/kube/object.js';
import { hasLabels } from '#core/kube/selector.js';
import type { CacheQuery } from '#ports/cache.js';
import { SortedIds } from './sorted-ids.js';

/** The owner of those that have none. */
const nobody = '';

/** Objects by id (`namespace/name`), found by owner, by what the id begins with, and by the labels that have been asked for. */
export class ObjectIndex {
  readonly #objects = new Map<string, UnknownObject>();
  readonly #ids = new SortedIds();
  readonly #byOwner = new Map<string, Set<string>>();
  /** By label name, then by value; a name is indexed from the first query that uses it. */
  readonly #byLabel = new Map<string, Map<string, Set<string>>>();
  #all: readonly UnknownObject[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  ids(): Iterable<string> {
    return [...this.#objects.keys()];
  }

  get(id: string): UnknownObject | undefined {
    return this.#objects.get(id);
  }

  set(id: string, object: UnknownObject): void {
    const old = this.#objects.get(id);
    if (old === undefined) this.#ids.add(id);
    else this.#leave(id, old);
    this.#objects.set(id, object);
    this.#all = undefined;
    for (const bucket of this.#buckets(object)) addTo(bucket.map, bucket.value, id);
  }

  delete(id: string): UnknownObject | undefined {
    const object = this.#objects.get(id);
    if (object === undefined) return undefined;
    this.#objects.delete(id);
    this.#ids.remove(id);
    this.#all = undefined;
    this.#leave(id, object);
    return object;
  }

  /** Sorted by id. */
  list(query: CacheQuery): readonly UnknownObject[] {
    const { namespace, labels, namePrefix = '' } = query;
    const found = this.#indexed(query);
    if (found !== undefined) {
      const objects = this.#objectsOf([...found].sort());
      return objects.filter(
        ({ metadata }) =>
          (namespace === undefined || metadata.namespace === namespace) &&
          metadata.name.startsWith(namePrefix) &&
          hasLabels(metadata.labels, labels),
      );
    }
    if (namespace !== undefined) return this.#objectsOf(this.#ids.startingWith(`${namespace}/${namePrefix}`));
    const all = (this.#all ??= this.#objectsOf(this.#ids.startingWith('')));
    return namePrefix === '' ? all : all.filter(({ metadata }) => metadata.name.startsWith(namePrefix));
  }

  /** The smallest set at hand that holds every match; `undefined` when only the id tells. */
  #indexed({ ownerUid, isOwnerless, labels = {} }: CacheQuery): Iterable<string> | undefined {
    const owner = isOwnerless === true ? nobody : ownerUid;
    if (owner !== undefined) return this.#byOwner.get(owner) ?? [];
    const [label] = Object.entries(labels);
    return label === undefined ? undefined : (this.#labelIndex(label[0]).get(label[1]) ?? []);
  }

  #leave(id: string, object: UnknownObject): void {
    for (const bucket of this.#buckets(object)) removeFrom(bucket.map, bucket.value, id);
  }

  #labelIndex(name: string): Map<string, Set<string>> {
    const known = this.#byLabel.get(name);
    if (known !== undefined) return known;
    const index = new Map<string, Set<string>>();
    for (const [id, object] of this.#objects) addTo(index, object.metadata.labels?.[name], id);
    this.#byLabel.set(name, index);
    return index;
  }

  *#buckets(object: UnknownObject) {
    yield { map: this.#byOwner, value: ownerUidOf(object) ?? nobody };
    for (const [name, map] of this.#byLabel) yield { map, value: object.metadata.labels?.[name] };
  }

  #objectsOf(ids: readonly string[]): readonly UnknownObject[] {
    return ids.flatMap((id) => this.#objects.get(id) ?? []);
  }
}

function addTo(map: Map<string, Set<string>>, value: string | undefined, id: string): void {
  if (value === undefined) return;
  const ids = map.get(value);
  if (ids === undefined) map.set(value, new Set([id]));
  else ids.add(id);
}

function removeFrom(map: Map<string, Set<string>>, value: string | undefined, id: string): void {
  if (value === undefined) return;
  const ids = map.get(value);
  ids?.delete(id);
  if (ids?.size === 0) map.delete(value);
}
