import { createServer, type Server } from 'node:net';
import type { Pod } from '#api/k8s/core-kinds.js';

/** Loopback addresses that belong to one sandbox of this machine, until it releases them. */
export interface AddressRange {
  readonly first: string;
  readonly size: number;
  release(): void;
}

const firstBlock = 64;
const lastBlock = 127;
/** The port on which a node's kubelet listens; here it marks a block of addresses as taken. */
const claimPort = 10_250;

/**
 * Claims the first free block 127.x.0.0/16 of 127.64.0.0/10, so that two sandboxes never give one address to two pods.
 * `undefined` where programs cannot listen on such addresses (macOS without aliases), or when every block is taken.
 */
export async function claimAddresses(): Promise<AddressRange | undefined> {
  for (let block = firstBlock; block <= lastBlock; block++) {
    const claim = await listen(`127.${block}.0.1`);
    if (claim === 'impossible') return undefined;
    if (claim !== 'taken') {
      return { first: `127.${block}.0.2`, size: 65_000, release: () => void claim.close() };
    }
  }
  return undefined;
}

function listen(host: string): Promise<Server | 'taken' | 'impossible'> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'taken' : 'impossible'),
    );
    server.listen(claimPort, host, () => {
      server.unref();
      resolve(server);
    });
  });
}

const firstPort = 21_000;
const lastPort = 31_999;
/** Two sandboxes of one machine begin at different places. */
let nextPort = firstPort + ((process.pid * 131) % (lastPort - firstPort));

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
