import type { Kind } from '#api/kinds.js';
import type { KubeObject, ObjectMeta, UnknownObject } from '#api/k8s/meta.js';

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectKey {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name: string;
}

export interface WriteOptions {
  /** Recorded in managedFields; default `sluice`. */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** `token` of a ServiceAccount answers a TokenRequest; nothing is stored. */
  readonly subresource?: 'status' | 'scale' | 'eviction' | 'token';
}

export type Patch =
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] }
  | { readonly type: 'merge' | 'strategic'; readonly body: unknown }
  /** Server-side apply. `force` takes fields from other managers. */
  | { readonly type: 'apply'; readonly body: unknown; readonly force?: boolean };

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  /** Ask for metadata only (PartialObjectMetadata); the rest of the object is absent. */
  readonly metadataOnly?: boolean;
  readonly resourceVersion?: string;
}

export interface ObjectList<T extends KubeObject = UnknownObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export type WatchEvent<T extends KubeObject = UnknownObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  /** `code` 410: the version is too old, list again. */
  | { readonly type: 'ERROR'; readonly code: number; readonly message: string };

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly metadataOnly?: boolean;
  readonly resourceVersion: string;
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
}

/**
 * The API server. Every method throws an `AppError` (see errors.ts) and nothing else.
 * Writes return the object as stored, which a caller hands to the cache so that it reads its own writes.
 */
export interface Kube {
  /** `undefined` when there is no such object. */
  get<T extends KubeObject = UnknownObject>(key: ObjectKey): Promise<T | undefined>;
  /** One page; `continue` asks for the next. */
  list<T extends KubeObject = UnknownObject>(kind: Kind, options?: ListOptions): Promise<ObjectList<T>>;
  /** Ends when the server ends it, throws when it breaks, ends quietly when the signal aborts. */
  watch<T extends KubeObject = UnknownObject>(
    kind: Kind,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(kind: Kind, object: NewObject<T>, options?: WriteOptions): Promise<T>;
  /** Fails with a Conflict when `metadata.resourceVersion` is set and stale. */
  update<T extends KubeObject>(kind: Kind, object: T, options?: WriteOptions): Promise<T>;
  /** To make it conditional put `metadata.uid` and `metadata.resourceVersion` into the body. */
  patch<T extends KubeObject = UnknownObject>(
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T>;
  /** `false` when it was gone already. A uid or version that differs is a Conflict. */
  delete(key: ObjectKey, options?: DeleteOptions): Promise<boolean>;
  /** The container's log so far. */
  logs(
    pod: ObjectKey,
    options?: { readonly container?: string; readonly tailLines?: number },
  ): Promise<string>;
  /** The kind that serves a group, version and kind name, by discovery (cached); `undefined` when none does. */
  resolve(apiVersion: string, kind: string): Promise<Kind | undefined>;
}

/** An object on its way to `create`: metadata needs a name or a generateName. */
export type NewObject<T extends KubeObject> = Omit<T, 'metadata'> & {
  readonly metadata: Partial<ObjectMeta> & ({ readonly name: string } | { readonly generateName: string });
};
