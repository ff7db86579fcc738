import type { Endpoint, EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { controllerReference, type WorkloadAction, type WorkloadDecision } from '../action.js';
import { isReady, isTerminating } from '../pod-state.js';
import { buildEndpoints } from './endpoints.js';
import { portsId, type ResolvedPort, resolvePorts } from './ports.js';

export interface ServiceSnapshot {
  readonly service: Service;
  /** Selected by it, whatever their state. */
  readonly pods: readonly Pod[];
  /** Controlled by it. */
  readonly slices: readonly EndpointSlice[];
  /** The Endpoints object of its name. */
  readonly endpoints: UnknownObject | undefined;
}

export const serviceNameLabel = 'kubernetes.io/service-name';

/**
 * One slice for each set of resolved ports (one in all but a Service whose named port differs between pods), and one
 * Endpoints object. A Service without selector is left to whoever fills its endpoints.
 */
export function decideEndpoints(snapshot: ServiceSnapshot): WorkloadDecision {
  const { service } = snapshot;
  if (service.metadata.deletionTimestamp !== undefined || isWithoutSelector(service)) return { actions: [] };
  const wanted = groupByPorts(service, snapshot.pods.filter(hasAddress)).map(({ ports, pods }) =>
    buildSlice(service, ports, pods),
  );
  return { actions: [...diffSlices(wanted, snapshot.slices), ...diffEndpoints(snapshot)] };
}

function isWithoutSelector(service: Service): boolean {
  return Object.keys(service.spec.selector ?? {}).length === 0 || service.spec.type === 'ExternalName';
}

function hasAddress(pod: Pod): boolean {
  const { phase, podIP } = pod.status ?? {};
  return podIP !== undefined && podIP !== '' && phase !== 'Succeeded' && phase !== 'Failed';
}

interface PortGroup {
  readonly ports: readonly ResolvedPort[];
  readonly pods: readonly Pod[];
}

function groupByPorts(service: Service, pods: readonly Pod[]): readonly PortGroup[] {
  const groups = new Map<string, { readonly ports: readonly ResolvedPort[]; readonly pods: Pod[] }>();
  for (const pod of pods) {
    const ports = resolvePorts(service, pod);
    const group = groups.get(portsId(ports)) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(portsId(ports), group);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return sorted.length === 0 ? [{ ports: [], pods: [] }] : sorted;
}

function buildSlice(service: Service, ports: readonly ResolvedPort[], pods: readonly Pod[]): EndpointSlice {
  const { name, namespace, labels } = service.metadata;
  return {
    apiVersion: apiVersionOf(kinds.endpointSlice),
    kind: kinds.endpointSlice.kind,
    metadata: {
      name: `${name}-${suffixOf(portsId(ports))}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        ...labels,
        [serviceNameLabel]: name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controllerReference(kinds.service, service)],
    },
    addressType: 'IPv4',
    endpoints: pods.map((pod) => buildEndpoint(service, pod)),
    ports,
  };
}

function buildEndpoint(service: Service, pod: Pod): Endpoint {
  const { name, namespace, uid } = pod.metadata;
  const isServing = isReady(pod);
  const publishesAll =
    'publishNotReadyAddresses' in service.spec && service.spec.publishNotReadyAddresses === true;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: publishesAll || (isServing && !isTerminating(pod)),
      serving: isServing,
      terminating: isTerminating(pod),
    },
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: {
      kind: 'Pod',
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

/** Existing slices are used again for whatever ports are wanted, so that a slice changes rather than being replaced. */
function diffSlices(
  wanted: readonly EndpointSlice[],
  existing: readonly EndpointSlice[],
): readonly WorkloadAction[] {
  const free = existing.filter(
    (slice) => !wanted.some(({ metadata }) => metadata.name === slice.metadata.name),
  );
  const actions = wanted.flatMap((slice): readonly WorkloadAction[] => {
    const live = existing.find(({ metadata }) => metadata.name === slice.metadata.name) ?? free.shift();
    if (live === undefined) return [{ kind: 'createObject', of: kinds.endpointSlice, object: { ...slice } }];
    const { endpoints, ports, metadata } = slice;
    const { labels } = metadata;
    const isSame =
      isEqual(live.endpoints, endpoints) &&
      isEqual(live.ports, ports) &&
      isEqual(live.metadata.labels, labels);
    if (isSame) return [];
    return [
      {
        kind: 'patchObject',
        of: kinds.endpointSlice,
        object: live,
        patch: { endpoints, ports, metadata: { labels } },
      },
    ];
  });
  return [
    ...actions,
    ...free.map((slice): WorkloadAction => ({
      kind: 'deleteObject',
      of: kinds.endpointSlice,
      object: slice,
    })),
  ];
}

function diffEndpoints({ service, pods, endpoints }: ServiceSnapshot): readonly WorkloadAction[] {
  const wanted = buildEndpoints(service, pods.filter(hasAddress));
  if (endpoints === undefined) return [{ kind: 'createObject', of: kinds.endpoints, object: wanted }];
  if (isEqual(endpoints.subsets ?? [], wanted.subsets ?? [])) return [];
  return [
    {
      kind: 'patchObject',
      of: kinds.endpoints,
      object: endpoints,
      patch: { subsets: wanted.subsets ?? null },
    },
  ];
}

/** Five letters from a text (FNV-1a), always the same ones. */
function suffixOf(text: string): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return Array.from({ length: 5 }, (_, i) => alphabet[(hash >>> (i * 5)) % alphabet.length]).join('');
}
