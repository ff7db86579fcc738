import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { mapObjects, withMetadata, type BuildItem } from '../build-item.js';
import { pathOf, updateObject } from './fields.js';
import { clusterScopedKinds } from './kinds.js';

const keptNames = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

/** Every object with a prefix and a suffix to its name; definitions and namespaces keep theirs. */
export function withAffixes(
  items: readonly BuildItem[],
  prefix: string,
  suffix: string,
): readonly BuildItem[] {
  if (prefix === '' && suffix === '') return items;
  return mapObjects(items, (object) =>
    keptNames.has(object.kind)
      ? object
      : withMetadata(object, { name: `${prefix}${object.metadata.name}${suffix}` }),
  );
}

/**
 * Every object in this namespace. A Namespace object gets it as its name; of the subjects of a binding the service
 * account `default` and those of the build move with it.
 */
export function withNamespace(
  items: readonly BuildItem[],
  namespace: string | undefined,
): readonly BuildItem[] {
  if (namespace === undefined || namespace === '') return items;
  const accounts = new Set(
    items
      .filter(({ object }) => object.kind === 'ServiceAccount')
      .map(({ object }) => accountOf(object.metadata)),
  );
  return mapObjects(items, (object) => {
    if (object.kind === 'Namespace') return withMetadata(object, { name: namespace });
    const moved = clusterScopedKinds.has(object.kind) ? object : withMetadata(object, { namespace });
    return isBinding(moved) ? moveSubjects(moved, namespace, accounts) : moved;
  });
}

function isBinding({ kind }: UnknownObject): boolean {
  return kind === 'RoleBinding' || kind === 'ClusterRoleBinding';
}

function accountOf({ namespace, name }: { readonly namespace?: unknown; readonly name?: unknown }): string {
  return JSON.stringify([namespace ?? '', name]);
}

function moveSubjects(
  binding: UnknownObject,
  namespace: string,
  accounts: ReadonlySet<string>,
): UnknownObject {
  return updateObject(binding, pathOf('subjects/*'), (subject) => {
    if (!isObject(subject) || subject['kind'] !== 'ServiceAccount') return subject;
    const isOurs = subject['name'] === 'default' || accounts.has(accountOf(subject));
    return isOurs ? { ...subject, namespace } : subject;
  });
}
