import type { UnknownObject } from '#api/k8s/meta.js';
import { ownerUidOf } from '#core/kube/object.js';
import { hasLabels } from '#core/kube/selector.js';
import type { CacheQuery } from '#ports/cache.js';

/** Objects by id (`namespace/name`), found by owner and namespace, and by the labels that have been asked for. */
export class ObjectIndex {
  readonly #objects = new Map<string, UnknownObject>();
  readonly #byOwner = new Map<string, Set<string>>();
  readonly #byNamespace = new Map<string, Set<string>>();
  /** By label name, then by value; a name is indexed from the first query that uses it. */
  readonly #byLabel = new Map<string, Map<string, Set<string>>>();
  #sorted: readonly UnknownObject[] | undefined;

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
    this.delete(id);
    this.#objects.set(id, object);
    this.#sorted = undefined;
    for (const bucket of this.#buckets(object)) addTo(bucket.map, bucket.value, id);
  }

  delete(id: string): UnknownObject | undefined {
    const object = this.#objects.get(id);
    if (object === undefined) return undefined;
    this.#objects.delete(id);
    this.#sorted = undefined;
    for (const bucket of this.#buckets(object)) removeFrom(bucket.map, bucket.value, id);
    return object;
  }

  list(query: CacheQuery): readonly UnknownObject[] {
    const ids = this.#candidates(query);
    if (ids === undefined) return (this.#sorted ??= this.#sort(this.#objects.keys()));
    return this.#sort(ids).filter(
      (object) =>
        (query.namespace === undefined || object.metadata.namespace === query.namespace) &&
        hasLabels(object.metadata.labels, query.labels),
    );
  }

  /** The smallest set at hand that holds every match; `undefined` when everything matches. */
  #candidates(query: CacheQuery): Iterable<string> | undefined {
    if (query.ownerUid !== undefined) return this.#byOwner.get(query.ownerUid) ?? [];
    const [label] = Object.entries(query.labels ?? {});
    if (label !== undefined) return this.#labelIndex(label[0]).get(label[1]) ?? [];
    return query.namespace === undefined ? undefined : (this.#byNamespace.get(query.namespace) ?? []);
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
    yield { map: this.#byOwner, value: ownerUidOf(object) };
    yield { map: this.#byNamespace, value: object.metadata.namespace };
    for (const [name, map] of this.#byLabel) yield { map, value: object.metadata.labels?.[name] };
  }

  #sort(ids: Iterable<string>): readonly UnknownObject[] {
    return [...ids].sort().flatMap((id) => this.#objects.get(id) ?? []);
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
