import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual, isObject } from '#core/json/json.js';
import { groupOf } from '#core/kube/object.js';

/** Groups whose kinds clients of Kubernetes know by type. */
const typedGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/**
 * The object without the fields that the server says its kind does not have, which a client with types never sends;
 * `undefined` when there is nothing of the kind, or the kind is not one of Kubernetes' own.
 * @param said - why the server refused the object.
 */
export function withoutUndeclared(object: UnknownObject, said: string): UnknownObject | undefined {
  const isRules = object.kind === 'Role' || object.kind === 'ClusterRole';
  if (!typedGroups.has(groupOf(object.apiVersion)) || isRules) return undefined;
  const paths = said.match(/(?:\.[^\s.[:]+|\[[^\]]*\])+(?=: field not declared in schema)/g) ?? [];
  const less = paths.reduce<unknown>((value, path) => without(value, stepsOf(path)), object);
  if (paths.length === 0 || !isObject(less) || isEqual(less, object)) return undefined;
  return { ...less, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata };
}

/** `.spec.containers[name="web"].x`: names, and elements of lists by place or keys. */
function stepsOf(path: string): readonly string[] {
  return path.match(/\.[^\s.[]+|\[[^\]]*\]/g) ?? [];
}

function without(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (step.startsWith('[')) {
    if (!Array.isArray(value)) return value;
    return value.map((each: unknown, i) =>
      isMeant(each, i, step.slice(1, -1)) ? without(each, rest) : each,
    );
  }
  const name = step.slice(1);
  if (!isObject(value) || value[name] === undefined) return value;
  const { [name]: there, ...others } = value;
  return rest.length === 0 ? others : { ...value, [name]: without(there, rest) };
}

function isMeant(element: unknown, place: number, selector: string): boolean {
  if (/^\d+$/.test(selector)) return Number(selector) === place;
  return selector.split(',').every((pair) => {
    const at = pair.indexOf('=');
    return isObject(element) && String(element[pair.slice(0, at)]) === pair.slice(at + 1).replaceAll('"', '');
  });
}
