import { isEqual, isObject, type JsonObject } from '#core/json/json.js';

/** One field that applying changes; what is absent on a side is not there. */
export interface FieldChange {
  /** `spec.replicas`, `spec.template.spec.containers[web].image`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Kept by the server; nobody applies them. */
const ofServer = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
]);

/** The fields in which a merged object differs from the live one, values of Secrets masked. `status` is left out. */
export function fieldChanges(live: JsonObject, merged: JsonObject): readonly FieldChange[] {
  const isSecret = live['kind'] === 'Secret' || merged['kind'] === 'Secret';
  const changes = between(contentOf(live), contentOf(merged), '');
  return isSecret ? changes.map(masked) : changes;
}

function contentOf(object: JsonObject): JsonObject {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !ofServer.has(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function between(from: unknown, to: unknown, path: string): readonly FieldChange[] {
  if (isEqual(from, to)) return [];
  if (isObject(from) && isObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key) => between(from[key], to[key], joined(path, key)));
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const [left, right] = [byName(from), byName(to)];
    const names = [...new Set([...left.keys(), ...right.keys()])];
    return names.flatMap((name) => between(left.get(name), right.get(name), `${path}[${name}]`));
  }
  return [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

/** Elements by their name where each has one, else by their place. */
function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const names = list.map((item) =>
    isObject(item) && typeof item['name'] === 'string' ? item['name'] : undefined,
  );
  const areNamed = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return new Map(list.map((item, i) => [areNamed ? (names[i] ?? '') : String(i), item]));
}

function joined(path: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** That a value changes is shown, and not what it is. */
function masked(change: FieldChange): FieldChange {
  if (!/^(data|stringData)\b/.test(change.path)) return change;
  return {
    path: change.path,
    ...('from' in change ? { from: '*** (before)' } : {}),
    ...('to' in change ? { to: '*** (after)' } : {}),
  };
}
