import type { Pod, Service, ServicePort } from '#api/k8s/core-kinds.js';

/** A port of a Service as it is on one pod. */
export interface ResolvedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** The Service's ports on this pod; a named targetPort that the pod does not have is left out. */
export function resolvePorts(service: Service, pod: Pod): readonly ResolvedPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = resolvePort(port, pod);
    return number === undefined
      ? []
      : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP' }];
  });
}

function resolvePort(servicePort: ServicePort, pod: Pod): number | undefined {
  const target = servicePort.targetPort ?? servicePort.port;
  if (typeof target === 'number') return target === 0 ? servicePort.port : target;
  const protocol = servicePort.protocol ?? 'TCP';
  return pod.spec.containers
    .flatMap((container) => container.ports ?? [])
    .find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** Tells port lists apart; equal lists have equal ids. */
export function portsId(ports: readonly ResolvedPort[]): string {
  return ports.map(({ name, port, protocol }) => `${name}:${port}/${protocol}`).join(',');
}
