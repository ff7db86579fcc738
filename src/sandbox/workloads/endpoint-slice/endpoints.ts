import type { Pod, Service } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { controllerReference } from '../action.js';
import { isReady, isTerminating } from '../pod-state.js';
import { portsId, type ResolvedPort, resolvePorts } from './ports.js';

interface Subset {
  readonly ports: readonly ResolvedPort[];
  readonly addresses: object[];
  readonly notReadyAddresses: object[];
}

/** The old form of a Service's endpoints: ready and unready addresses by ports; leaving pods are not in it. */
export function buildEndpoints(service: Service, pods: readonly Pod[]): UnknownObject {
  const { name, namespace, labels } = service.metadata;
  const subsets = new Map<string, Subset>();
  for (const pod of pods.filter((candidate) => !isTerminating(candidate))) {
    const ports = resolvePorts(service, pod);
    const subset = subsets.get(portsId(ports)) ?? { ports, addresses: [], notReadyAddresses: [] };
    subsets.set(portsId(ports), subset);
    (isReady(pod) ? subset.addresses : subset.notReadyAddresses).push(addressOf(pod));
  }
  return {
    apiVersion: apiVersionOf(kinds.endpoints),
    kind: kinds.endpoints.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      // Kubernetes deletes it by name instead; the owner does the same without a second way.
      ownerReferences: [controllerReference(kinds.service, service)],
    },
    ...(subsets.size === 0 ? {} : { subsets: [...subsets.values()].map(printSubset) }),
  };
}

function addressOf(pod: Pod): object {
  const { name, namespace, uid } = pod.metadata;
  return {
    ip: pod.status?.podIP,
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

function printSubset({ addresses, notReadyAddresses, ports }: Subset): object {
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ports: ports.map(({ name, ...port }) => (name === '' ? port : { name, ...port })),
  };
}
