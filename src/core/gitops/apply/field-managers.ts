import { fluxFieldManager } from '#api/flux/words.js';
import type { KubeObject, ManagedFieldsEntry } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { says } from './controls.js';

/** One operation of a JSON patch. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

/** What other ways of applying leave behind and nobody needs. */
const leftAnnotations = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'kustomize.toolkit.fluxcd.io/checksum',
  'fluxcd.io/sync-checksum',
];
const leftLabels = ['fluxcd.io/sync-gc-mark'];

/**
 * The patch that makes what was written by hand ours, so that the next apply takes away what the manifest does not say:
 * fields of `kubectl…`, of `before-first-apply`, of our own name by other operations than apply and of the managers in
 * `overridden`. Empty when there is nothing of the kind, or the object asks for `ssa: Merge`. Other managers keep theirs.
 * @param live - with its managedFields.
 */
export function takeOver(
  live: KubeObject,
  desired: KubeObject,
  overridden: readonly string[] = [],
): readonly PatchOperation[] {
  if (says(desired, 'ssa', 'Merge') || says(live, 'ssa', 'Merge')) return [];
  const { managedFields = [], annotations = {}, labels = {}, resourceVersion } = live.metadata;
  const taken = managedFields.filter((entry) => isTakenOver(entry, overridden));
  const removed = [
    ...leftAnnotations.filter((key) => key in annotations).map((key) => removal('annotations', key)),
    ...leftLabels.filter((key) => key in labels).map((key) => removal('labels', key)),
  ];
  if (taken.length === 0 && removed.length === 0) return [];
  const folded: readonly PatchOperation[] =
    taken.length === 0
      ? []
      : [{ op: 'replace', path: '/metadata/managedFields', value: folding(live, managedFields, taken) }];
  const version = { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion } as const;
  return [...removed, ...folded, ...(resourceVersion === undefined ? [] : [version])];
}

/** The managers whose fields {@link takeOver} makes ours. */
export function takenManagers(
  { metadata: { managedFields = [] } }: KubeObject,
  overridden: readonly string[] = [],
): readonly string[] {
  const taken = managedFields.filter((entry) => isTakenOver(entry, overridden));
  return [...new Set(taken.map(({ manager = '' }) => manager))].filter((name) => name !== fluxFieldManager);
}

function removal(map: string, key: string): PatchOperation {
  return { op: 'remove', path: `/metadata/${map}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` };
}

function isTakenOver(
  { manager = '', operation, subresource = '' }: ManagedFieldsEntry,
  overridden: readonly string[],
): boolean {
  if (subresource !== '') return false;
  if (manager.startsWith('kubectl') || overridden.includes(manager)) return true;
  return operation === 'Update' && (manager === 'before-first-apply' || manager === fluxFieldManager);
}

function folding(
  { apiVersion }: KubeObject,
  all: readonly ManagedFieldsEntry[],
  taken: readonly ManagedFieldsEntry[],
): readonly ManagedFieldsEntry[] {
  const isOurs = (entry: ManagedFieldsEntry) =>
    entry.manager === fluxFieldManager && entry.operation === 'Apply' && (entry.subresource ?? '') === '';
  const own = all.find(isOurs);
  const fields = [own, ...taken].reduce<JsonObject>((sum, entry) => union(sum, entry?.fieldsV1 ?? {}), {});
  const { time } = own ?? taken[0] ?? {};
  const folded: ManagedFieldsEntry = {
    manager: fluxFieldManager,
    operation: 'Apply',
    apiVersion: own?.apiVersion ?? taken[0]?.apiVersion ?? apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  };
  return [folded, ...all.filter((entry) => !taken.includes(entry) && !isOurs(entry))];
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const there = result[key];
    result[key] = isObject(there) && isObject(value) ? union(there, value) : value;
  }
  return result;
}
