import { createServer } from 'node:net';
import type { Pod } from '#api/k8s/core-kinds.js';

/** Whether programs can listen on any address of 127.0.0.0/8, as on Linux; elsewhere only 127.0.0.1 may work. */
export function hasLoopbackAddresses(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, '127.64.0.1', () => server.close(() => resolve(true)));
  });
}

const firstPort = 21_000;
const lastPort = 31_999;
let nextPort = firstPort;

/** Local ports that stand for the container ports of a pod without an address of its own. */
export class PortMap {
  readonly #ports = new Map<number, number>();

  constructor(pod: Pod) {
    const wanted = pod.spec.containers
      .flatMap(({ ports }) => ports ?? [])
      .map(({ containerPort }) => containerPort);
    for (const port of wanted.length === 0 ? [8080] : wanted) this.localPort(port);
  }

  /** Always the same for a container port of the pod. */
  localPort(port: number): number {
    const known = this.#ports.get(port);
    if (known !== undefined) return known;
    const local = nextPort;
    nextPort = nextPort === lastPort ? firstPort : nextPort + 1;
    this.#ports.set(port, local);
    return local;
  }

  /** As the annotation says it: `8080=21000,9090=21001`. */
  print(): string {
    return [...this.#ports].map(([port, local]) => `${port}=${local}`).join(',');
  }
}
