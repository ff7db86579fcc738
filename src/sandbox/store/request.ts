/** What a client asks of the API server, free of HTTP. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** The query parameters by their URL names; an absent parameter is not a key. */
export type Query = Readonly<Record<string, string | undefined>>;

/** One request. `namespace` is absent for cluster-scoped kinds and for lists over all namespaces. */
export interface ApiRequest {
  readonly verb: Verb;
  /** `''` for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower-case plural. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query?: Query;
  /** Any JSON value; never changed nor kept by the store. For `delete` the DeleteOptions. */
  readonly body?: unknown;
  readonly patchType?: PatchType;
  /** Absent means an administrator. */
  readonly user?: User;
  /** Names the field manager when the query does not. */
  readonly userAgent?: string;
}

/** Who asks, as authentication found out. */
export interface User {
  readonly username: string;
  readonly groups?: readonly string[];
}

/** The answer. An error's body is a Kubernetes `Status`. Everything in it is frozen. */
export interface ApiResponse {
  readonly code: number;
  readonly body: unknown;
  /** Texts for `Warning` headers. */
  readonly warnings?: readonly string[];
}

/** One event of a watch: `object` is an API object, for `BOOKMARK` one with a version only, for `ERROR` a `Status`. */
export interface ApiWatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** Whether a query parameter stands for true, as the API server reads it. */
export function isTrue(value: string | undefined): boolean {
  return value === '' || value === '1' || value?.toLowerCase() === 'true' || value === 't' || value === 'T';
}
