import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import type {
  DeleteOptions,
  Kube,
  ListOptions,
  NewObject,
  ObjectKey,
  ObjectList,
  Patch,
  WriteOptions,
} from '#ports/kube.js';
import { createDiscovery } from './discovery.js';
import { pathOf, queryOf, subjectOfTarget, type Target } from './paths.js';
import type { KubeRequest } from './exchange.js';
import { createTransport, type Transport, type TransportOptions } from './transport.js';
import { metadataAccept, watchKind } from './watch.js';
import { objectOfWire, parseJson } from './wire-objects.js';

export interface KubeHttp extends Kube {
  /** The same server without the client's rate limit, over the same connections: for lease renewals. */
  readonly unlimited: Kube;
  /** Cuts watches and requests; every later call throws ShuttingDown. */
  close(): Promise<void>;
}

/** Small enough that a page is read within some 20 ms, during which nothing else happens. */
const pageSize = 250;
const patchTypes: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  // JSON is YAML: the server parses either under this type.
  apply: 'application/apply-patch+yaml',
};

/** The API server behind these credentials. Nothing is sent before the first call. */
export function createKubeHttp(options: TransportOptions): KubeHttp {
  const transport = createTransport(options);
  const discovery = createDiscovery(transport, options.clock);
  const kubeOver = (over: Transport): Kube => ({
    ...readsOver(over),
    ...writesOver(over),
    resolve: (apiVersion, kind) => discovery.resolve(apiVersion, kind),
  });
  const unlimited: Transport = {
    ...transport,
    send: (request) => transport.send({ ...request, unlimited: true }),
  };
  return { ...kubeOver(transport), unlimited: kubeOver(unlimited), close: () => transport.close() };
}

function readsOver(transport: Transport): Pick<Kube, 'get' | 'list' | 'watch' | 'logs'> {
  return {
    async get<T extends KubeObject = UnknownObject>(key: ObjectKey): Promise<T | undefined> {
      const request = requestFor('get', 'GET', key);
      try {
        return objectOfWire<T>(
          key.kind,
          parseJson(await transport.send(request), request.subject),
          false,
          request.subject,
        );
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'KubeNotFound') return undefined;
        throw thrown;
      }
    },
    async list<T extends KubeObject = UnknownObject>(kind: Kind, options: ListOptions = {}) {
      return listPage<T>(transport, kind, options);
    },
    watch: (kind, options) => watchKind(transport, kind, options),
    async logs(pod, options = {}) {
      const query = queryOf({ container: options.container, tailLines: options.tailLines });
      return transport.send({
        ...requestFor('get', 'GET', { ...pod, subresource: 'log' }, query),
        accept: '*/*',
      });
    },
  };
}

async function listPage<T extends KubeObject>(
  transport: Transport,
  kind: Kind,
  options: ListOptions,
): Promise<ObjectList<T>> {
  const query = queryOf({
    limit: options.limit ?? pageSize,
    continue: options.continue,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
  });
  const target = { kind, ...(options.namespace === undefined ? {} : { namespace: options.namespace }) };
  const request = requestFor('list', 'GET', target, query);
  const metadataOnly = options.metadataOnly === true;
  const accept = metadataOnly ? { accept: metadataAccept('PartialObjectMetadataList') } : {};
  const body = parseJson(await transport.send({ ...request, ...accept }), request.subject);
  // A list's metadata is not an object's, but the server guarantees these two fields.
  const metadata = (body['metadata'] ?? {}) as { resourceVersion?: string; continue?: string };
  const items: readonly unknown[] = Array.isArray(body['items']) ? body['items'] : [];
  return {
    items: items.map((item) => objectOfWire<T>(kind, item, metadataOnly, request.subject)),
    resourceVersion: metadata.resourceVersion ?? '',
    ...(metadata.continue === undefined || metadata.continue === '' ? {} : { continue: metadata.continue }),
  };
}

function writesOver(transport: Transport): Pick<Kube, 'create' | 'update' | 'patch' | 'delete'> {
  const store = async <T extends KubeObject>(request: KubeRequest, kind: Kind): Promise<T> =>
    objectOfWire<T>(kind, parseJson(await transport.send(request), request.subject), false, request.subject);
  return {
    async create<T extends KubeObject>(
      kind: Kind,
      object: NewObject<T>,
      options: WriteOptions = {},
    ): Promise<T> {
      const { name, namespace, generateName } = object.metadata;
      const target = {
        kind,
        ...(namespace === undefined ? {} : { namespace }),
        ...(options.subresource === undefined || name === undefined ? {} : { name }),
        ...subresourceOf(options),
      };
      const request = requestFor('create', 'POST', target, writeQuery(options));
      const subject = subjectOfTarget({ ...target, name: name ?? `${generateName ?? ''}*` });
      return store<T>({ ...request, subject, body: object }, kind);
    },
    async update<T extends KubeObject>(kind: Kind, object: T, options: WriteOptions = {}): Promise<T> {
      const { name, namespace } = object.metadata;
      const target = {
        kind,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...subresourceOf(options),
      };
      return store<T>({ ...requestFor('update', 'PUT', target, writeQuery(options)), body: object }, kind);
    },
    async patch<T extends KubeObject = UnknownObject>(
      key: ObjectKey,
      patch: Patch,
      options: WriteOptions = {},
    ): Promise<T> {
      const force = patch.type === 'apply' && patch.force === true ? true : undefined;
      const query = writeQuery(options, force);
      const request = requestFor('patch', 'PATCH', { ...key, ...subresourceOf(options) }, query);
      return store<T>({ ...request, contentType: patchTypes[patch.type], body: patch.body }, key.kind);
    },
    async delete(key, options = {}) {
      try {
        await transport.send({ ...requestFor('delete', 'DELETE', key), body: deleteBody(options) });
        return true;
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'KubeNotFound') return false;
        throw thrown;
      }
    },
  };
}

function requestFor(verb: string, method: KubeRequest['method'], target: Target, query = ''): KubeRequest {
  return {
    verb,
    method,
    path: `${pathOf(target)}${query}`,
    subject: subjectOfTarget(target),
    kind: target.kind.kind,
  };
}

function subresourceOf(options: WriteOptions): { readonly subresource?: string } {
  return options.subresource === undefined ? {} : { subresource: options.subresource };
}

function writeQuery(options: WriteOptions, force?: true): string {
  return queryOf({
    fieldManager: options.fieldManager ?? 'sluice',
    dryRun: options.dryRun === true ? 'All' : undefined,
    force,
  });
}

function deleteBody(options: DeleteOptions): unknown {
  const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options;
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(options.dryRun === true ? { dryRun: ['All'] } : {}),
  };
}
