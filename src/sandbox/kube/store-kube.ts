import { apiVersionOf, type Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type {
  DeleteOptions,
  Kube,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  WatchOptions,
  WriteOptions,
} from '#ports/kube.js';
import type { ApiRequest, ApiResponse, User } from '#sandbox/store/request.js';
import type { Status } from '#sandbox/store/status.js';
import type { ApiStore } from '#sandbox/store/store.js';
import { AppError } from '#ports/errors.js';
import { errorOf } from './errors.js';
import { metadataOnlyOf } from './metadata-only.js';
import { watchStore } from './watch-stream.js';

export interface StoreKubeOptions {
  /** Names the field manager where a write does not. Default `sluice`. */
  readonly userAgent?: string;
  /** Default: an administrator. */
  readonly user?: User;
  /** The log of a container so far; without it `logs` answers that there is none. */
  readonly logs?: Kube['logs'];
}

/** The Kube port straight over a store, in the same process and without HTTP. */
export function createStoreKube(store: ApiStore, options: StoreKubeOptions = {}): Kube {
  const manager = options.userAgent ?? 'sluice';
  const call = (request: ApiRequest, object: string): unknown =>
    bodyOf(store.handle({ ...identity(options), ...request }), object);
  const write = (key: ObjectKey, request: Partial<ApiRequest>, write_: WriteOptions | undefined): unknown =>
    call({ ...address(key), verb: 'update', ...request, ...writeParts(write_, request.query) }, nameOf(key));
  return {
    get: (key) => attempt(() => orAbsent(() => call({ ...address(key), verb: 'get' }, nameOf(key)))),
    list: (kind, list) => attempt(() => toList(call(listRequest(kind, list), kind.kind), list)),
    watch: (kind, watch) =>
      watchStore(store, { ...identity(options), ...watchRequest(kind, watch) }, kind, watch),
    create: (kind, object, options_) =>
      attempt(() =>
        write(keyOf(kind, object.metadata), { verb: 'create', body: typed(kind, object) }, options_),
      ),
    update: (kind, object, options_) =>
      attempt(() =>
        write(keyOf(kind, object.metadata), { verb: 'update', body: typed(kind, object) }, options_),
      ),
    patch: (key, patch, options_) => attempt(() => write(key, patchRequest(key, patch, manager), options_)),
    delete: (key, delete_) =>
      attempt(
        () =>
          orAbsent(() => call({ ...address(key), verb: 'delete', ...deleteParts(delete_) }, nameOf(key))) !==
          undefined,
      ),
    logs: options.logs ?? ((pod) => Promise.reject(noLogs(pod))),
    resolve: (apiVersion, kind) => attempt(() => resolveKind(store, apiVersion, kind)),
  };
}

/** What the methods of the port promise about types is what the caller says; the store knows JSON only. */
function attempt<T>(work: () => unknown): Promise<T> {
  return new Promise((resolve) => {
    resolve(work() as T);
  });
}

function identity(options: StoreKubeOptions): Pick<ApiRequest, 'user' | 'userAgent'> {
  return {
    userAgent: options.userAgent ?? 'sluice',
    ...(options.user === undefined ? {} : { user: options.user }),
  };
}

function bodyOf(response: ApiResponse, object: string): unknown {
  if (response.code >= 400) throw errorOf(response.body as Status, object);
  return response.body;
}

function orAbsent(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    // Absence is an answer here, not a failure.
    if (thrown instanceof AppError && thrown.code === 'KubeNotFound') return undefined;
    throw thrown;
  }
}

function path(
  kind: Kind,
  namespace: string | undefined,
): Pick<ApiRequest, 'group' | 'version' | 'resource' | 'namespace'> {
  const { group, version, plural } = kind;
  return {
    group,
    version,
    resource: plural,
    ...(kind.namespaced && namespace !== undefined ? { namespace } : {}),
  };
}

function address(key: ObjectKey): Omit<ApiRequest, 'verb'> {
  return { ...path(key.kind, key.namespace), ...(key.name === '' ? {} : { name: key.name }) };
}

function nameOf(key: ObjectKey): string {
  return [key.kind.kind, ...(key.namespace === undefined ? [] : [key.namespace]), key.name].join('/');
}

function keyOf(kind: Kind, metadata: { readonly namespace?: string; readonly name?: string }): ObjectKey {
  const { namespace, name = '' } = metadata;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function typed(kind: Kind, object: object): unknown {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
}

function writeParts(options: WriteOptions = {}, query: ApiRequest['query'] = {}): Partial<ApiRequest> {
  const { fieldManager, dryRun, subresource } = options;
  return {
    query: {
      ...query,
      ...(fieldManager === undefined ? {} : { fieldManager }),
      ...(dryRun === true ? { dryRun: 'All' } : {}),
    },
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function patchRequest(key: ObjectKey, patch: Patch, fieldManager: string): Partial<ApiRequest> {
  const request = { verb: 'patch', patchType: patch.type, body: patch.body } as const;
  if (patch.type !== 'apply') return request;
  const query = { fieldManager, ...(patch.force === true ? { force: 'true' } : {}) };
  return { ...request, body: typed(key.kind, patch.body as object), query };
}

function deleteParts(options: DeleteOptions = {}): Pick<ApiRequest, 'body' | 'query'> {
  const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds, dryRun } = options;
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return {
    body: {
      preconditions,
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    },
    query: dryRun === true ? { dryRun: 'All' } : {},
  };
}

function listRequest(kind: Kind, options: ListOptions = {}): ApiRequest {
  const { labelSelector, fieldSelector, limit, continue: cursor, resourceVersion } = options;
  const query = {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(limit === undefined ? {} : { limit: String(limit) }),
    ...(cursor === undefined ? {} : { continue: cursor }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return { ...path(kind, options.namespace), verb: 'list', query };
}

function watchRequest(kind: Kind, options: WatchOptions): ApiRequest {
  const { labelSelector, fieldSelector, resourceVersion, timeoutSeconds } = options;
  const query = {
    resourceVersion,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: String(timeoutSeconds) }),
  };
  return { ...path(kind, options.namespace), verb: 'watch', query };
}

function toList(body: unknown, options: ListOptions = {}): ObjectList {
  const { items, metadata } = body as {
    readonly items: readonly UnknownObject[];
    readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  };
  return {
    items: options.metadataOnly === true ? items.map(metadataOnlyOf) : items,
    resourceVersion: metadata.resourceVersion,
    ...(metadata.continue === undefined ? {} : { continue: metadata.continue }),
  };
}

function resolveKind(store: ApiStore, apiVersion: string, kind: string): Kind | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const found = store.view().registry.findKind(group, apiVersion.slice(slash + 1), kind);
  if (found === undefined) return undefined;
  const { plural, namespaced } = found.type;
  return { group, version: found.version, kind, plural, namespaced };
}

function noLogs(pod: ObjectKey): AppError {
  return new AppError('KubeNotFound', `no logs of ${nameOf(pod)} are kept here`, { object: nameOf(pod) });
}
