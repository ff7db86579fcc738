import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

const writing: readonly (keyof Kube)[] = ['create', 'update', 'patch', 'delete'];

/** A Kube that dies right after its n-th write: the write is stored, and whoever asked for it never hears of it. */
export function dyingKube(
  kube: Kube,
  afterWrites: number,
  died: () => void,
): { readonly kube: Kube; readonly writes: () => number } {
  let writes = 0;
  const gone = () => new AppError('ShuttingDown', 'the controller was killed');
  const proxy = new Proxy(kube, {
    get(target, name: keyof Kube) {
      const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
      if (!writing.includes(name)) return method;
      return async (...args: unknown[]) => {
        if (writes >= afterWrites) throw gone();
        const result = await method(...args);
        writes += 1;
        if (writes < afterWrites) return result;
        died();
        throw gone();
      };
    },
  });
  return { kube: proxy, writes: () => writes };
}
