import type { Kube } from '#ports/kube.js';

/** The reads of a Kube as they are, for one that changes what its writes do. */
export function readsOf(kube: Kube): Pick<Kube, 'get' | 'list' | 'watch' | 'logs' | 'resolve'> {
  return {
    get: (key) => kube.get(key),
    list: (kind, options) => kube.list(kind, options),
    watch: (kind, options) => kube.watch(kind, options),
    logs: (pod, options) => kube.logs(pod, options),
    resolve: (apiVersion, kind) => kube.resolve(apiVersion, kind),
  };
}
