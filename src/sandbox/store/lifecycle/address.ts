import type { UnknownObject } from '#api/k8s/meta.js';
import { groupOf } from '#core/kube/object.js';
import type { ApiRequest } from '../request.js';
import type { ApiStore } from '../store.js';

/** How to ask for a stored object. Throws when its kind is not served any more. */
export function addressOf(
  store: ApiStore,
  storageKey: string,
  object: UnknownObject,
): Omit<ApiRequest, 'verb'> {
  const group = groupOf(object.apiVersion);
  const type = store
    .view()
    .registry.types()
    .find((one) => one.storageKey === storageKey && one.group === group);
  if (type === undefined) throw new Error(`no kind is served for ${storageKey}`);
  const { namespace, name } = object.metadata;
  return {
    group: type.group,
    version: type.versions[0] ?? '',
    resource: type.plural,
    ...(namespace === undefined ? {} : { namespace }),
    name,
  };
}
