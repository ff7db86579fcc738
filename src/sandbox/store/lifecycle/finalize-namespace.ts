import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest } from '../request.js';
import type { ApiStore } from '../store.js';
import { addressOf } from './address.js';

/** How far the end of a namespace is. */
export type NamespaceProgress =
  /** It is not being deleted, or there is none. */
  | { readonly kind: 'active' }
  /** Objects are still there, waiting for finalizers or grace periods. */
  | { readonly kind: 'waiting'; readonly remaining: number }
  | { readonly kind: 'gone' };

/**
 * One pass of the end of a terminating namespace: deletes its content, and the namespace itself once that is gone.
 * Call it again when something in the namespace changes.
 */
export function finalizeNamespace(store: ApiStore, name: string): NamespaceProgress {
  const namespace = store.view().table.get('namespaces', '', name);
  if (namespace?.metadata.deletionTimestamp === undefined) return { kind: 'active' };
  for (const [storageKey, object] of contentOf(store, name)) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    const body = { propagationPolicy: 'Background' };
    store.handle({ ...as(addressOf(store, storageKey, object)), verb: 'delete', body });
  }
  const remaining = contentOf(store, name).length;
  if (remaining > 0) return { kind: 'waiting', remaining };
  store.handle({
    ...as(addressOf(store, 'namespaces', namespace)),
    verb: 'update',
    subresource: 'finalize',
    body: { ...namespace, spec: { finalizers: [] } },
  });
  return { kind: 'gone' };
}

function as(request: Omit<ApiRequest, 'verb'>): Omit<ApiRequest, 'verb'> {
  return { ...request, userAgent: 'namespace-controller' };
}

function contentOf(store: ApiStore, namespace: string): readonly (readonly [string, UnknownObject])[] {
  const { table } = store.view();
  return table
    .storageKeys()
    .flatMap((storageKey) =>
      table.list(storageKey, namespace).map((object) => [storageKey, object] as const),
    );
}
