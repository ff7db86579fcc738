import { annotations, labels } from '#api/argoproj/words.js';
import type { EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { ServiceView } from '#core/rollout/snapshot.js';
import type { Cache } from '#ports/cache.js';

/** The Services of these names that exist, each with its ready endpoints. */
export function observeServices(
  cache: Cache,
  namespace: string,
  names: readonly string[],
): Readonly<Record<string, ServiceView>> {
  const views: Record<string, ServiceView> = {};
  for (const name of names) {
    const service = cache.get<Service>(kinds.service, namespace, name);
    if (service !== undefined) views[name] = { service, readyByHash: countReady(cache, namespace, name) };
  }
  return views;
}

/** Ready endpoints by the hash of their pods. An endpoint whose pod is not known counts as somebody else's. */
function countReady(cache: Cache, namespace: string, service: string): Readonly<Record<string, number>> {
  const slices = cache.list<EndpointSlice>(kinds.endpointSlice, {
    namespace,
    labels: { 'kubernetes.io/service-name': service },
  });
  const hashes = new Map<string, string>();
  for (const endpoint of slices.flatMap((slice) => slice.endpoints ?? [])) {
    const { ready, terminating } = endpoint.conditions ?? {};
    if (ready === false || terminating === true) continue;
    const podName = endpoint.targetRef?.name;
    const pod = podName === undefined ? undefined : cache.get<Pod>(kinds.pod, namespace, podName);
    hashes.set(podName ?? endpoint.addresses.join(), pod?.metadata.labels?.[labels.podTemplateHash] ?? '');
  }
  const counts: Record<string, number> = {};
  for (const hash of hashes.values()) counts[hash] = (counts[hash] ?? 0) + 1;
  return counts;
}

/** Services of a namespace that carry the managed-by annotation of a Rollout of this name. */
export function managedServices(cache: Cache, namespace: string, rolloutName: string): readonly Service[] {
  return cache
    .list<Service>(kinds.service, { namespace })
    .filter((service) => service.metadata.annotations?.[annotations.managedByRollouts] === rolloutName);
}
