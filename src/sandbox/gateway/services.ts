import type { Endpoint, EndpointSlice, Pod, Service, ServicePort } from '#api/k8s/core-kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { hasLabels } from '#core/kube/selector.js';
import { serviceNameLabel } from '../workloads/endpoint-slice/decide.js';
import { portMapAnnotation } from '../pods/port-map.js';
import type { Random, Target } from './routing.js';

/** Which port of a Service is meant: a number, a name, or the only one. */
export type PortChoice = number | string | undefined;

/** Services and the ready addresses behind them, as the proxy knows them at this moment. */
export class ServiceTable {
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice[]>();
  readonly #pods = new Map<string, Pod>();
  /** Answers so far: the table never changes. */
  readonly #asked = new Map<string, readonly Target[] | undefined>();

  constructor(services: readonly Service[], slices: readonly EndpointSlice[], pods: readonly Pod[]) {
    for (const service of services) this.#services.set(idOf(service.metadata), service);
    for (const pod of pods) this.#pods.set(idOf(pod.metadata), pod);
    for (const slice of slices) {
      const { namespace = '', labels } = slice.metadata;
      const id = `${namespace}/${labels?.[serviceNameLabel] ?? ''}`;
      this.#slices.set(id, [...(this.#slices.get(id) ?? []), slice]);
    }
  }

  /** `namespace/name` of the Service that a host name means, read from within a namespace; `undefined` when there is none. */
  find(host: string, namespace: string | undefined): string | undefined {
    const [name = '', inNamespace, ...rest] = host.split('.');
    const isClusterName = rest.length === 0 || ['svc', 'svc.cluster.local'].includes(rest.join('.'));
    if (inNamespace !== undefined) return isClusterName ? this.#known(`${inNamespace}/${name}`) : undefined;
    if (namespace !== undefined) return this.#known(`${namespace}/${name}`);
    const everywhere = [...this.#services.keys()].filter((id) => id.endsWith(`/${name}`));
    return everywhere.length === 1 ? everywhere[0] : this.#known(`default/${name}`);
  }

  /** The ready addresses of a Service, of the pods that carry the labels only; `undefined` when there is no such port. */
  targets(
    service: string,
    port: PortChoice,
    labels: Readonly<Record<string, string>> = {},
  ): readonly Target[] | undefined {
    const question = [service, port ?? '', ...Object.entries(labels).flat()].join('|');
    if (!this.#asked.has(question)) this.#asked.set(question, this.#findTargets(service, port, labels));
    return this.#asked.get(question);
  }

  #findTargets(
    service: string,
    port: PortChoice,
    labels: Readonly<Record<string, string>>,
  ): readonly Target[] | undefined {
    const servicePort = choosePort(this.#services.get(service)?.spec.ports ?? [], port);
    if (servicePort === undefined) return undefined;
    return (this.#slices.get(service) ?? []).flatMap((slice) => {
      const number = slice.ports?.find(({ name }) => (name ?? '') === (servicePort.name ?? ''))?.port;
      if (number === undefined) return [];
      return slice.endpoints
        .filter((endpoint) => endpoint.conditions?.ready !== false)
        .flatMap((endpoint) => this.#targetsOf(endpoint, number, slice.metadata.namespace ?? ''))
        .filter((target) => hasLabels(target.podLabels, labels));
    });
  }

  #known(id: string): string | undefined {
    return this.#services.has(id) ? id : undefined;
  }

  #targetsOf(endpoint: Endpoint, port: number, namespace: string): readonly Target[] {
    const id = `${endpoint.targetRef?.namespace ?? namespace}/${endpoint.targetRef?.name ?? ''}`;
    const pod = this.#pods.get(id);
    const mapped = mappedPort(pod?.metadata.annotations?.[portMapAnnotation], port);
    return endpoint.addresses.map((address) => ({
      address,
      port: mapped,
      pod: id,
      podLabels: pod?.metadata.labels ?? {},
      image: pod?.spec.containers[0]?.image ?? '',
      workload: pod === undefined ? '' : workloadOf(pod),
    }));
  }
}

/** One of them, each as likely as the others. */
export function pickTarget(targets: readonly Target[], random: Random): Target | undefined {
  return targets[Math.floor(random() * targets.length)];
}

function choosePort(ports: readonly ServicePort[], choice: PortChoice): ServicePort | undefined {
  if (choice === undefined) return ports[0];
  return ports.find(({ port, name }) => (typeof choice === 'number' ? port === choice : name === choice));
}

/** The port that stands for `port` where pods have no address of their own: `8080=40123,9090=40124`. */
function mappedPort(map: string | undefined, port: number): number {
  const entry = map?.split(',').find((pair) => pair.startsWith(`${port}=`));
  return entry === undefined ? port : Number(entry.slice(entry.indexOf('=') + 1));
}

/** The name of the pod's ReplicaSet without its hash, as a mesh reports workloads. */
function workloadOf(pod: Pod): string {
  const { labels, name } = pod.metadata;
  const owner = controllerOf(pod)?.name ?? name;
  const hash = labels?.['rollouts-pod-template-hash'] ?? labels?.['pod-template-hash'];
  return hash !== undefined && owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner;
}

function idOf(metadata: { readonly namespace?: string; readonly name: string }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
