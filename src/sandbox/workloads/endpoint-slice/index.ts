import type { EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { hasLabels } from '#core/kube/selector.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';
import { defineWorkload, keyOfObject, watchOwned, type WorkloadDeps, watchSelf } from '../workload.js';
import { decideEndpoints, type ServiceSnapshot } from './decide.js';

/** Keeps EndpointSlices and Endpoints of every Service with a selector; the Endpoints end with their Service. */
export function endpointSliceController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<Service & { readonly status?: unknown }, ServiceSnapshot>(
    {
      name: 'endpointslice',
      kind: kinds.service,
      watches: [
        watchSelf(kinds.service),
        watchOwned(kinds.endpointSlice, kinds.service),
        watchSelf(kinds.endpoints),
        watchSelectedPods,
      ],
      observe: (service, cache) => ({
        service,
        pods: cache.list<Pod>(kinds.pod, {
          namespace: service.metadata.namespace ?? '',
          labels: service.spec.selector ?? {},
        }),
        slices: cache.list<EndpointSlice>(kinds.endpointSlice, { ownerUid: service.metadata.uid ?? '' }),
        endpoints: cache.get(kinds.endpoints, service.metadata.namespace, service.metadata.name),
      }),
      decide: decideEndpoints,
    },
    deps,
  );
}

const watchSelectedPods: Watch = {
  kind: kinds.pod,
  keysOf: (pod, cache) =>
    cache
      .list<Service>(kinds.service, { namespace: pod.metadata.namespace ?? '' })
      .filter(({ spec }) => spec.selector !== undefined && hasLabels(pod.metadata.labels, spec.selector))
      .map(keyOfObject),
};
