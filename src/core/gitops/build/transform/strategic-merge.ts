import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { groupOf } from '#core/kube/object.js';

/** A list of maps that is merged by the fields that tell its elements apart. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  secrets: ['name'],
  webhooks: ['name'],
  ownerReferences: ['uid'],
};

/** Groups whose kinds have a schema with merge keys; lists of other kinds are replaced as a whole. */
const schemaGroups = new Set([
  '',
  'apps',
  'batch',
  'policy',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'autoscaling',
  'admissionregistration.k8s.io',
]);

/** The outcome of a patch; `undefined` as object means that the patch deletes it. */
export type Merged =
  | { readonly ok: true; readonly object: JsonObject | undefined }
  | { readonly ok: false; readonly message: string };

/** Applies a strategic merge patch: maps are merged, `null` deletes, known lists are merged by key, others replaced. */
export function strategicMerge(target: UnknownObject, patch: JsonObject): Merged {
  const unknown = unknownDirective(patch);
  if (unknown !== undefined) return { ok: false, message: `directive ${unknown} is not served` };
  if (patch['$patch'] === 'delete') return { ok: true, object: undefined };
  return { ok: true, object: mergeMaps(target, patch, schemaGroups.has(groupOf(target.apiVersion))) };
}

function mergeMaps(target: unknown, patch: JsonObject, hasKeys: boolean): JsonObject {
  const { $patch: directive, ...fields } = patch;
  const result: Record<string, unknown> = isObject(target) && directive !== 'replace' ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) delete result[key];
    else if (isObject(value) && value['$patch'] === 'delete') delete result[key];
    else if (isObject(value)) result[key] = mergeMaps(result[key], value, hasKeys);
    else if (Array.isArray(value)) result[key] = mergeLists(key, result[key], value, hasKeys);
    else result[key] = value;
  }
  return result;
}

function mergeLists(
  field: string,
  target: unknown,
  patch: readonly unknown[],
  hasKeys: boolean,
): readonly unknown[] {
  const plain = patch.filter((item) => !isObject(item) || item['$patch'] === undefined);
  const isReplaced = patch.some(
    (item) => isObject(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1,
  );
  const old: readonly unknown[] = Array.isArray(target) ? target : [];
  const keys = hasKeys ? keysOf(field, [...old, ...patch]) : undefined;
  if (isReplaced || keys === undefined) return plain;
  const isSame = (a: unknown, b: unknown) =>
    isObject(a) && isObject(b) && keys.every((key) => withDefaults(a)[key] === withDefaults(b)[key]);
  const merged = old.flatMap((item) => {
    const change = patch.find((each) => isSame(each, item));
    if (!isObject(change)) return [item];
    return change['$patch'] === 'delete' ? [] : [mergeMaps(item, change, hasKeys)];
  });
  const added = plain.filter((item) => !old.some((each) => isSame(each, item)));
  return [...added.map((item) => (isObject(item) ? mergeMaps({}, item, hasKeys) : item)), ...merged];
}

/** The keys of a list; ports are told apart by what their elements have. */
function keysOf(field: string, items: readonly unknown[]): readonly string[] | undefined {
  if (field !== 'ports') return mergeKeys[field];
  if (items.every((item) => isObject(item) && 'containerPort' in item)) return ['containerPort', 'protocol'];
  return items.every((item) => isObject(item) && 'port' in item) ? ['port', 'protocol'] : undefined;
}

function withDefaults(item: JsonObject): JsonObject {
  return { protocol: 'TCP', ...item };
}

function unknownDirective(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(unknownDirective).find((found) => found !== undefined);
  if (!isObject(value)) return undefined;
  const own = Object.keys(value).find((key) => key.startsWith('$') && key !== '$patch');
  return own ?? unknownDirective(Object.values(value));
}
