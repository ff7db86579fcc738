import type { Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { isEqual, mergePatchBetween } from '#core/json/json.js';
import type { Kube } from '#ports/kube.js';

export interface WriteStatusOptions {
  readonly fieldManager?: string;
  /**
   * What the write insists on. `version` (default): the object is still the one that was decided on, else a Conflict.
   * `uid`: it is still the same object, whatever its version.
   */
  readonly precondition?: 'version' | 'uid';
  /** `false`: the kind has no status subresource, so the object itself is patched. */
  readonly subresource?: false;
}

/**
 * Stores the complete next status as the smallest merge patch, on the status subresource if there is one. Nothing is sent when it
 * equals the current one; then the object is returned as it is.
 */
export async function writeStatusIfChanged<T extends KubeObject & { readonly status?: unknown }>(
  kube: Kube,
  kind: Kind,
  object: T,
  nextStatus: T['status'],
  options: WriteStatusOptions = {},
): Promise<T> {
  if (isEqual(object.status ?? {}, nextStatus ?? {})) return object;
  const { namespace, name, uid, resourceVersion } = object.metadata;
  const body = {
    metadata: {
      ...(uid === undefined ? {} : { uid }),
      ...(options.precondition === 'uid' || resourceVersion === undefined ? {} : { resourceVersion }),
    },
    status: mergePatchBetween(object.status ?? {}, nextStatus ?? {}),
  };
  return kube.patch<T>(
    { kind, name, ...(namespace === undefined ? {} : { namespace }) },
    { type: 'merge', body },
    {
      ...(options.subresource === false ? {} : { subresource: 'status' as const }),
      ...(options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }),
    },
  );
}
