import type { Kind } from '#api/kinds.js';
import type { KubeObject, ManagedFieldsEntry } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { subjectOf } from '#core/kube/object.js';
import { AppError } from '#ports/errors.js';
import type { Kube, ObjectKey } from '#ports/kube.js';

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take fields that another manager holds; without it that is a KubeApplyConflict. */
  readonly force?: boolean;
  /** Spares the discovery look-up when the caller knows it. */
  readonly kind?: Kind;
}

export interface ApplyResult {
  readonly result: 'created' | 'configured' | 'unchanged';
  /** As stored. */
  readonly object: KubeObject;
}

/**
 * Server-side apply that writes only when the server would store something else, which a dry run tells; so defaults,
 * conversions and other managers' fields never make a write. Taking over the ownership of a field counts as a change.
 */
export async function applyIfChanged(
  kube: Kube,
  object: KubeObject,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const key = await keyOf(kube, object, options.kind);
  const live = await kube.get(key);
  const patch = { type: 'apply', body: object, ...(options.force === true ? { force: true } : {}) } as const;
  const write = { fieldManager: options.fieldManager };
  if (live === undefined) return { result: 'created', object: await kube.patch(key, patch, write) };
  const planned = await kube.patch(key, patch, { ...write, dryRun: true });
  if (isSameStored(live, planned, options.fieldManager)) return { result: 'unchanged', object: live };
  return { result: 'configured', object: await kube.patch(key, patch, write) };
}

async function keyOf(kube: Kube, object: KubeObject, known: Kind | undefined): Promise<ObjectKey> {
  const kind = known ?? (await kube.resolve(object.apiVersion, object.kind));
  const { namespace, name } = object.metadata;
  if (kind === undefined) {
    throw new AppError(
      'KubeNoSuchKind',
      `${subjectOf(object)}: the API server does not serve ${object.apiVersion} ${object.kind}`,
      { object: subjectOf(object) },
    );
  }
  return { kind, name, ...(kind.namespaced && namespace !== undefined ? { namespace } : {}) };
}

/** Whether storing `planned` over `live` would change anything that a user or a controller can see. */
function isSameStored(live: KubeObject, planned: KubeObject, fieldManager: string): boolean {
  return (
    isEqual(withoutBookkeeping(live), withoutBookkeeping(planned)) &&
    isEqual(ownedBy(live, fieldManager), ownedBy(planned, fieldManager))
  );
}

function withoutBookkeeping(object: KubeObject): unknown {
  const {
    managedFields: _managed,
    resourceVersion: _version,
    generation: _generation,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}

function ownedBy(object: KubeObject, fieldManager: string): unknown {
  const isOurs = (entry: ManagedFieldsEntry) =>
    entry.manager === fieldManager && entry.operation === 'Apply' && entry.subresource === undefined;
  return object.metadata.managedFields?.find(isOurs)?.fieldsV1;
}
