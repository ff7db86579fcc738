import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { AppError } from './errors.js';

/**
 * What `observe` reads: the watched state of the cluster, synchronous and without I/O. Objects are frozen and without
 * managedFields (unless the watch asked to keep them). Own writes are seen at once (read your own writes).
 * Asking for a kind that is not watched is a bug and throws.
 */
export interface Cache {
  get<T extends KubeObject = UnknownObject>(
    kind: Kind,
    namespace: string | undefined,
    name: string,
  ): T | undefined;
  /** Sorted by namespace and name. */
  list<T extends KubeObject = UnknownObject>(kind: Kind, query?: CacheQuery): readonly T[];
  /**
   * Why this kind cannot be read: the process has no right to, or the API server does not serve it. What `get` and `list`
   * say of it then is old or empty. Absent: every kind can be read.
   */
  refusalOf?(kind: Kind): AppError | undefined;
}

export interface CacheQuery {
  readonly namespace?: string;
  /** Only objects whose controller owner has this uid, and Events about the object of this uid (indexed). */
  readonly ownerUid?: string;
  /** Only objects without a controller owner (indexed). */
  readonly isOwnerless?: true;
  /** Only objects whose name begins with this (indexed together with a namespace). */
  readonly namePrefix?: string;
  /** Only objects that carry each of these labels (indexed by the first). */
  readonly labels?: Readonly<Record<string, string>>;
}
