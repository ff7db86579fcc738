import { AppError } from '#ports/errors.js';
import { isObject } from '#core/json/json.js';
import type { Status } from '../status.js';
import type { ApiStore } from '../store.js';

/** Creates CRDs, or replaces those that are there, as a cluster's administrator does. Throws for one that is refused. */
export function installCrds(store: ApiStore, crds: readonly unknown[]): void {
  for (const crd of crds) {
    const name = isObject(crd) && isObject(crd['metadata']) ? String(crd['metadata']['name']) : '';
    const response = store.handle({
      verb: 'patch',
      group: 'apiextensions.k8s.io',
      version: 'v1',
      resource: 'customresourcedefinitions',
      name,
      body: crd,
      patchType: 'apply',
      query: { fieldManager: 'sandbox', force: 'true' },
    });
    if (response.code >= 400)
      throw new AppError('KubeInvalid', (response.body as Status).message ?? 'the definition was refused', {
        object: `CustomResourceDefinition/${name}`,
      });
  }
}
