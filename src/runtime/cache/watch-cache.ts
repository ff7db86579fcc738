import { apiVersionOf, type Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { Cache, CacheQuery } from '#ports/cache.js';
import { AppError } from '#ports/errors.js';
import type { Informer } from '../informer/informer.js';
import type { OwnWrites } from './own-writes.js';

const heldParts = ['whole', 'projection', 'metadata'] as const;

/** How much of each object an informer holds. */
export type HeldPart = (typeof heldParts)[number];

/** The Cache port over the informers of a process, and the place where own writes become visible. */
export class WatchCache implements Cache, OwnWrites {
  /** By kind; those that hold more of each object first. */
  readonly #informers = new Map<string, Informer[]>();
  readonly #held = new Map<Informer, HeldPart>();

  /** Makes what the informer holds readable. Of several of one kind the one that holds more is asked first. */
  add(informer: Informer, held: HeldPart): void {
    this.#held.set(informer, held);
    const known = this.#informers.get(kindIdOf(informer.kind)) ?? [];
    const rank = (one: Informer): number => heldParts.indexOf(this.#held.get(one) ?? 'metadata');
    this.#informers.set(
      kindIdOf(informer.kind),
      [...known, informer].toSorted((a, b) => rank(a) - rank(b)),
    );
  }

  get<T extends KubeObject = UnknownObject>(
    kind: Kind,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    const scope = kind.namespaced ? namespace : undefined;
    for (const informer of this.#watched(kind)) {
      const object = informer.get(scope, name);
      // The caller names the type that the kind's schema guarantees.
      if (object !== undefined) return object as unknown as T;
    }
    return undefined;
  }

  list<T extends KubeObject = UnknownObject>(kind: Kind, query: CacheQuery = {}): readonly T[] {
    const lists = this.#watched(kind).map((informer) => informer.list(query));
    const [only] = lists;
    const objects = lists.length === 1 && only !== undefined ? only : merge(lists);
    return objects as unknown as readonly T[];
  }

  wrote(kind: Kind, object: KubeObject): void {
    for (const informer of this.#informers.get(kindIdOf(kind)) ?? []) informer.wrote({ ...object });
  }

  removed(kind: Kind, namespace: string | undefined, name: string, uid: string): void {
    for (const informer of this.#informers.get(kindIdOf(kind)) ?? []) {
      informer.wroteRemoval(namespace, name, uid);
    }
  }

  uidOf(kind: Kind, namespace: string | undefined, name: string): string | undefined {
    const informers = this.#informers.get(kindIdOf(kind)) ?? [];
    return informers
      .map((informer) => informer.get(namespace, name)?.metadata.uid)
      .find((uid) => uid !== undefined);
  }

  refusalOf(kind: Kind): AppError | undefined {
    const informers = this.#informers.get(kindIdOf(kind)) ?? [];
    return informers.map((informer) => informer.refusal()).find((refusal) => refusal !== undefined);
  }

  isWatched(kind: Kind): boolean {
    return this.#informers.has(kindIdOf(kind));
  }

  #watched(kind: Kind): readonly Informer[] {
    const informers = this.#informers.get(kindIdOf(kind));
    if (informers !== undefined) return informers;
    throw new AppError('BrokenInvariant', `${kind.plural}: read from the cache but watched by no controller`);
  }
}

/** Names a kind in maps: group, version and plural. */
export function kindIdOf(kind: Kind): string {
  return `${apiVersionOf(kind)}/${kind.plural}`;
}

/** One list of what several watches of a kind hold, each object once, sorted by namespace and name. */
function merge(lists: readonly (readonly UnknownObject[])[]): readonly UnknownObject[] {
  const byId = new Map<string, UnknownObject>();
  for (const object of lists.flat()) {
    const id = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (!byId.has(id)) byId.set(id, object);
  }
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}
