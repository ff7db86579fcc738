import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { readsOf } from '../kube-reads.js';

/** The same API server, which refuses writes with NotLeader as soon as the lease may be another's. Reads pass. */
export function leadingKube(kube: Kube, isLeader: () => boolean): Kube {
  async function whileLeading<R>(write: () => Promise<R>): Promise<R> {
    if (isLeader()) return write();
    throw new AppError('NotLeader', 'this process does not hold the lease: nothing is written');
  }
  return {
    ...readsOf(kube),
    create: (kind, object, options) => whileLeading(() => kube.create(kind, object, options)),
    update: (kind, object, options) => whileLeading(() => kube.update(kind, object, options)),
    patch: (key, patch, options) => whileLeading(() => kube.patch(key, patch, options)),
    delete: (key, options) => whileLeading(() => kube.delete(key, options)),
  };
}
