import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze } from '#core/json/json.js';
import { matchesSelector, parseSelector } from '#core/kube/selector.js';
import type { Watch } from '#runtime/controller/definition.js';

/** An object as watches show it; `undefined` when none of them selects it. The same result for the same object. */
export type Lens = (object: UnknownObject) => UnknownObject | undefined;

/** What one watch shows: the objects of its selector, as metadata only or projected when it says so. */
export function lensOf(watch: Pick<Watch, 'labelSelector' | 'only' | 'metadataOnly' | 'project'>): Lens {
  const { labelSelector, only, metadataOnly, project } = watch;
  const selector = labelSelector === undefined ? {} : parseSelector(labelSelector);
  const shown = new WeakMap<UnknownObject, UnknownObject>();
  const shape = (object: UnknownObject): UnknownObject => {
    const { apiVersion, kind, metadata } = object;
    const fetched = metadataOnly === true ? { apiVersion, kind, metadata } : object;
    const kept: KubeObject = project === undefined ? fetched : project(fetched);
    return deepFreeze({ ...kept });
  };
  return (object) => {
    if (only !== undefined && !isObject(object, only)) return undefined;
    if (labelSelector !== undefined && !matchesSelector(selector, object.metadata.labels)) return undefined;
    if (metadataOnly !== true && project === undefined) return object;
    const known = shown.get(object) ?? shape(object);
    shown.set(object, known);
    return known;
  };
}

function isObject({ metadata }: UnknownObject, only: NonNullable<Watch['only']>): boolean {
  return metadata.name === only.name && metadata.namespace === only.namespace;
}

/** What several watches of a kind show together: the most that one of them does. */
export function mergeLenses(watches: readonly Watch[]): Lens {
  const ranked = watches.map((watch) => ({ isWhole: isWhole(watch), lens: lensOf(watch) }));
  const lenses = [...ranked.filter((one) => one.isWhole), ...ranked.filter((one) => !one.isWhole)];
  return (object) => {
    for (const { lens } of lenses) {
      const seen = lens(object);
      if (seen !== undefined) return seen;
    }
    return undefined;
  };
}

function isWhole(watch: Watch): boolean {
  return watch.metadataOnly !== true && watch.project === undefined;
}
