import type { Kind } from '#api/kinds.js';
import type { ActionWrite } from '#core/rollout-actions/writes.js';
import { AppError } from '#ports/errors.js';
import type { ObjectKey } from '#ports/kube.js';
import type { Connection } from './io.js';

/** As written into managedFields by everything that a person does here. */
export const fieldManager = 'sluice-cli';

/**
 * Sends one write of an action, exactly as Argo Rollouts' plugin sends it. A status patch goes to the main resource when
 * the API server serves no status subresource for the kind.
 */
export async function carryOut(connection: Connection, own: ObjectKey, write: ActionWrite): Promise<void> {
  const { kube } = connection;
  const { target, patch, subresource } = write;
  if (target !== undefined) {
    const kind = await servedKind(connection, target.apiVersion, target.kind);
    await kube.patch({ ...own, kind, name: target.name }, patch, { fieldManager });
    return;
  }
  if (subresource === undefined) {
    await kube.patch(own, patch, { fieldManager });
    return;
  }
  try {
    await kube.patch(own, patch, { fieldManager, subresource });
  } catch (thrown) {
    const isAbsent = thrown instanceof AppError && thrown.code === 'KubeNotFound';
    if (!isAbsent) throw thrown;
    await kube.patch(own, patch, { fieldManager });
  }
}

/** The kind that the API server serves; a Missing error when it serves none. */
export async function servedKind({ kube }: Connection, apiVersion: string, kindName: string): Promise<Kind> {
  const kind = await kube.resolve(apiVersion, kindName);
  if (kind !== undefined) return kind;
  throw new AppError('KubeNoSuchKind', `${kindName}: the API server serves no such kind`);
}
