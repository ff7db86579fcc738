import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import type { Kube, WatchEvent, WatchOptions } from '#ports/kube.js';

/** A Kube whose watches can be held back, as behind a slow API server; everything else goes through at once. */
export interface LaggyKube extends Kube {
  /** From now on watches deliver nothing. */
  hold(): void;
  /** Watches deliver what they held back, in order. */
  release(): void;
}

export function createLaggyKube(kube: Kube): LaggyKube {
  let gate: Promise<void> = Promise.resolve();
  let open = (): void => undefined;
  async function* late<T extends KubeObject>(
    kind: Kind,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    for await (const event of kube.watch<T>(kind, options)) {
      await gate;
      yield event;
    }
  }
  return {
    get: (key) => kube.get(key),
    list: (kind, options) => kube.list(kind, options),
    watch: <T extends KubeObject = UnknownObject>(kind: Kind, options: WatchOptions) =>
      late<T>(kind, options),
    create: (kind, object, options) => kube.create(kind, object, options),
    update: (kind, object, options) => kube.update(kind, object, options),
    patch: (key, patch, options) => kube.patch(key, patch, options),
    delete: (key, options) => kube.delete(key, options),
    logs: (pod, options) => kube.logs(pod, options),
    resolve: (apiVersion, kind) => kube.resolve(apiVersion, kind),
    hold: () => void (gate = new Promise((resolve) => (open = resolve))),
    release: () => open(),
  };
}
