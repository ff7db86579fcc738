import type { EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';

const hashKey = 'rollouts-pod-template-hash';

/** Every object of the cluster by `Kind/name`. */
export type Objects = ReadonlyMap<string, UnknownObject>;

/** One of the two ways of a route: what it means, and which pods a proxy finds behind it. */
export interface Backend {
  readonly role: 'stable' | 'canary';
  /** The object whose change moves the backend to other pods. */
  readonly movedBy: string;
  /** The revision that it selects; `''` for any. */
  readonly hash: string;
  /** Names of the ready pods behind it. */
  readonly ready: readonly string[];
}

/** Where requests may go now. */
export interface Routes {
  /** Kinds whose change can change this. */
  readonly kinds: readonly string[];
  /** Share of the canary of 100; `undefined` where nobody splits by weight and each backend is asked for by its name. */
  readonly weight: number | undefined;
  readonly backends: readonly Backend[];
}

/** Reads the routes of the shop as the gateway would: by hosts, by subsets, by Ingresses, else the Services alone. */
export function routesOf(objects: Objects): Routes {
  if (objects.has('VirtualService/mesh')) return bySubsets(objects);
  const backends = [
    serviceBackend(objects, 'stable', 'web'),
    serviceBackend(objects, 'canary', 'web-canary'),
  ];
  if (objects.has('VirtualService/web')) {
    return { kinds: ['VirtualService'], weight: weightOf(objects, 'web', isCanaryHost), backends };
  }
  if (objects.has('Ingress/web')) return { kinds: ['Ingress'], weight: ingressWeight(objects), backends };
  const members = weightedMembers(objects);
  if (members !== undefined) {
    const weight = members.find(({ name }) => name === 'web-canary')?.weight ?? 0;
    return { kinds: ['TraefikService', 'HTTPRoute'], weight, backends };
  }
  const isBlueGreen = strategyOf(objects)['blueGreen'] !== undefined;
  // Nobody but people asks for the preview.
  return { kinds: [], weight: undefined, backends: isBlueGreen ? backends.slice(0, 1) : backends };
}

function bySubsets(objects: Objects): Routes {
  const rule = objects.get('DestinationRule/mesh')?.['spec'] as
    { subsets?: { name: string; labels?: Record<string, string> }[] } | undefined;
  const backend = (role: Backend['role']): Backend => {
    const hash = rule?.subsets?.find(({ name }) => name === role)?.labels?.[hashKey] ?? '';
    const ready = readyBehind(objects, 'web').filter(
      (name) => hash === '' || hashOfPod(objects, name) === hash,
    );
    return { role, movedBy: 'DestinationRule/mesh', hash, ready };
  };
  const weight = weightOf(objects, 'mesh', ({ subset }) => subset === 'canary');
  return { kinds: ['VirtualService'], weight, backends: [backend('stable'), backend('canary')] };
}

function serviceBackend(objects: Objects, role: Backend['role'], name: string): Backend {
  const service = objects.get(`Service/${name}`) as Service | undefined;
  return {
    role,
    movedBy: `Service/${name}`,
    hash: service?.spec.selector?.[hashKey] ?? '',
    ready: readyBehind(objects, name),
  };
}

interface Destination {
  readonly host: string;
  readonly subset?: string;
}

function isCanaryHost({ host }: Destination): boolean {
  return host === 'web-canary';
}

function weightOf(objects: Objects, name: string, isCanary: (destination: Destination) => boolean): number {
  const spec = objects.get(`VirtualService/${name}`)?.['spec'] as
    { http?: { name?: string; route: { destination: Destination; weight?: number }[] }[] } | undefined;
  const primary = spec?.http?.find((route) => route.name === 'primary');
  return primary?.route.find(({ destination }) => isCanary(destination))?.weight ?? 0;
}

function ingressWeight(objects: Objects): number {
  const annotations = objects.get('Ingress/web-web-canary')?.metadata.annotations ?? {};
  const isOn = annotations['nginx.ingress.kubernetes.io/canary'] === 'true';
  return isOn ? Number(annotations['nginx.ingress.kubernetes.io/canary-weight'] ?? 0) : 0;
}

interface Member {
  readonly name: string;
  readonly weight?: number;
}

/** Of a TraefikService or of the first rule of an HTTPRoute, which never is a managed one. */
function weightedMembers(objects: Objects): readonly Member[] | undefined {
  const traefik = objects.get('TraefikService/web')?.['spec'] as
    { weighted: { services: Member[] } } | undefined;
  const route = objects.get('HTTPRoute/web')?.['spec'] as { rules: { backendRefs: Member[] }[] } | undefined;
  return traefik?.weighted.services ?? route?.rules[0]?.backendRefs;
}

function readyBehind(objects: Objects, service: string): readonly string[] {
  return [...objects.values()]
    .filter(({ kind, metadata }) => kind === 'EndpointSlice' && metadata.labels?.[serviceLabel] === service)
    .flatMap((slice) => (slice as unknown as EndpointSlice).endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true)
    .flatMap((endpoint) => endpoint.targetRef?.name ?? []);
}

const serviceLabel = 'kubernetes.io/service-name';

/** The revision of a pod; `''` when it is not known. */
export function hashOfPod(objects: Objects, name: string): string {
  return objects.get(`Pod/${name}`)?.metadata.labels?.[hashKey] ?? '';
}

/** Ready pods of a revision that are not on their way out. */
export function readyPods(objects: Objects, hash: string): number {
  return [...objects.values()].filter(
    ({ kind, metadata }) =>
      kind === 'Pod' && metadata.labels?.[hashKey] === hash && isReadyPod(objects, metadata.name),
  ).length;
}

/** Whether a pod is ready and not on its way out. */
export function isReadyPod(objects: Objects, name: string): boolean {
  const pod = objects.get(`Pod/${name}`) as Pod | undefined;
  if (pod?.metadata.deletionTimestamp !== undefined) return false;
  const conditions = pod?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Pods that the ReplicaSet of a revision is to have. */
export function wantedPods(objects: Objects, hash: string): number {
  for (const object of objects.values()) {
    if (object.kind !== 'ReplicaSet' || object.metadata.labels?.[hashKey] !== hash) continue;
    return (object['spec'] as { readonly replicas?: number }).replicas ?? 1;
  }
  return 0;
}

/** The strategy of the shop's Rollout, by its key. */
export function strategyOf(objects: Objects): Readonly<Record<string, Record<string, unknown> | undefined>> {
  const spec = objects.get('Rollout/web')?.['spec'] as
    { strategy?: Record<string, Record<string, unknown>> } | undefined;
  return spec?.strategy ?? {};
}
