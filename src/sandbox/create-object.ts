import type { KubeObject } from '#api/k8s/meta.js';
import { groupOf, subjectOf } from '#core/kube/object.js';
import { AppError } from '#ports/errors.js';
import type { ApiStore } from './store/store.js';

/**
 * Stores an object as a user's `kubectl create` would. Throws an AppError that names the object when the store refuses.
 * What is there already is left as it is.
 */
export function createObject(store: ApiStore, object: KubeObject): void {
  const group = groupOf(object.apiVersion);
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const found = store.view().registry.findKind(group, version, object.kind);
  if (found === undefined) {
    throw new AppError(
      'KubeNoSuchKind',
      `${subjectOf(object)}: the sandbox does not serve ${object.apiVersion} ${object.kind}`,
    );
  }
  const { plural, namespaced } = found.type;
  const namespace = object.metadata.namespace ?? 'default';
  const response = store.handle({
    verb: 'create',
    group,
    version,
    resource: plural,
    ...(namespaced ? { namespace } : {}),
    userAgent: 'kubectl',
    body: object,
  });
  if (response.code >= 400 && response.code !== 409) {
    throw new AppError('KubeInvalid', `${subjectOf(object)}: ${messageOf(response.body)}`);
  }
}

function messageOf(status: unknown): string {
  return typeof status === 'object' && status !== null && 'message' in status
    ? String(status.message)
    : 'refused';
}
