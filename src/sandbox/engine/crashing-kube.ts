import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import type { Kube, ObjectKey } from '#ports/kube.js';

/** A Kube that dies, for tests of what a crash between two writes leaves behind. */
export interface CrashingKube {
  readonly kube: Kube;
  /** Writes that were let through. */
  writes(): number;
  /** Whether the fatal moment has come: from then on every call fails. */
  hasCrashed(): boolean;
}

/**
 * Lets so many writes through, then fails every call, reads included, as if the process were gone; `onCrash` is called once,
 * at the first call after the last write, and can stop the controllers. Dry runs are no writes.
 */
export function crashAfterWrites(kube: Kube, lastWrite: number, onCrash?: () => void): CrashingKube {
  let writes = 0;
  let hasCrashed = false;
  const live = (): void => {
    if (!hasCrashed && writes < lastWrite) return;
    if (!hasCrashed) {
      hasCrashed = true;
      onCrash?.();
    }
    throw new AppError('ShuttingDown', 'the process was killed');
  };
  const write = async <T>(isDryRun: boolean | undefined, work: () => Promise<T>): Promise<T> => {
    if (isDryRun === true) return read(work);
    live();
    writes++;
    return work();
  };
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    if (hasCrashed) live();
    return work();
  };
  const patch: Kube['patch'] = <T extends KubeObject = UnknownObject>(
    key: ObjectKey,
    body: Parameters<Kube['patch']>[1],
    options?: Parameters<Kube['patch']>[2],
  ) => write(options?.dryRun, () => kube.patch<T>(key, body, options));
  return {
    writes: () => writes,
    hasCrashed: () => hasCrashed,
    kube: {
      get: (key) => read(() => kube.get(key)),
      list: (kind, options) => read(() => kube.list(kind, options)),
      watch: (kind, options) => kube.watch(kind, options),
      logs: (pod, options) => read(() => kube.logs(pod, options)),
      resolve: (apiVersion, kind) => read(() => kube.resolve(apiVersion, kind)),
      create: (kind, object, options) => write(options?.dryRun, () => kube.create(kind, object, options)),
      update: (kind, object, options) => write(options?.dryRun, () => kube.update(kind, object, options)),
      patch,
      delete: (key, options) => write(options?.dryRun, () => kube.delete(key, options)),
    },
  };
}
