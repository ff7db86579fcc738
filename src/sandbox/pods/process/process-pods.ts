import type { Container, Pod } from '#api/k8s/core-kinds.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import { AddressPool } from '../address-pool.js';
import type { LogBuffer } from '../log-buffer.js';
import type { ContainerReality, PodReality, PodRuntime } from '../pod-runtime.js';
import { portMapAnnotation } from '../port-map.js';
import { defaultReadiness, withoutCommands } from './built-in-container.js';
import { resolveEnvironment } from './environment.js';
import { type ImageCommands, resolveImage } from './image-command.js';
import { type AddressRange, PortMap } from './local-address.js';
import { ProcessContainer } from './process-container.js';

export interface ProcessPodsOptions {
  readonly clock: Clock;
  /** Where ConfigMaps and Secrets are read. */
  readonly cache: Cache;
  readonly images: ImageCommands;
  /** The built-in app as JavaScript. */
  readonly appFile: string;
  /** The addresses of pods; without them pods get ports of 127.0.0.1. */
  readonly addresses: Pick<AddressRange, 'first' | 'size'> | undefined;
}

/** Pods as local processes. */
export interface ProcessPods extends PodRuntime {
  /** Ends every process and waits for it, at most some seconds. */
  close(): Promise<void>;
}

interface Life {
  readonly key: ReconcileKey;
  readonly address: string;
  readonly ports: PortMap | undefined;
  readonly containers: Map<string, ProcessContainer>;
  isEnding: boolean;
}

const retryMs = 2_000;

export function createProcessPods(options: ProcessPodsOptions): ProcessPods {
  return new Processes(options);
}

class Processes implements ProcessPods {
  readonly #options: ProcessPodsOptions;
  readonly #addresses: AddressPool | undefined;
  readonly #lives = new Map<string, Life>();
  readonly #listeners = new Set<(key: ReconcileKey) => void>();
  readonly #killAll = (): void => {
    for (const life of this.#lives.values())
      for (const container of life.containers.values()) container.kill();
  };

  constructor(options: ProcessPodsOptions) {
    this.#options = options;
    const { addresses } = options;
    this.#addresses = addresses === undefined ? undefined : new AddressPool(addresses.first, addresses.size);
    process.on('exit', this.#killAll);
  }

  sync(pod: Pod, now: Instant): PodReality {
    const life = this.#lifeOf(pod);
    const containers = pod.spec.containers.map((container) => this.#run(pod, life, container));
    const isWaiting = containers.some(
      ({ state, restartCount }) => state.kind === 'waiting' && restartCount === 0,
    );
    return {
      address: life.address,
      containers,
      isOver: life.isEnding && [...life.containers.values()].every(({ isOver }) => isOver),
      ...(isWaiting ? { changesAt: addMs(now, retryMs) } : {}),
      ...(life.ports === undefined ? {} : { annotations: { [portMapAnnotation]: life.ports.print() } }),
    };
  }

  terminate(pod: Pod, graceMs: number): void {
    const life = this.#lifeOf(pod);
    life.isEnding = true;
    for (const container of life.containers.values()) container.terminate(graceMs);
  }

  forget(uid: string): void {
    const life = this.#lives.get(uid);
    if (life === undefined) return;
    for (const container of life.containers.values()) container.kill();
    this.#lives.delete(uid);
    this.#addresses?.release(uid);
  }

  onChange(listener: (key: ReconcileKey) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  logs(uid: string, container: string, isPrevious: boolean): LogBuffer | undefined {
    const running = this.#lives.get(uid)?.containers.get(container);
    return isPrevious ? running?.previousLog : running?.log;
  }

  async close(): Promise<void> {
    process.off('exit', this.#killAll);
    this.#listeners.clear();
    this.#killAll();
    const isAlive = (): boolean =>
      [...this.#lives.values()].some(({ containers }) =>
        [...containers.values()].some(({ isOver }) => !isOver),
      );
    for (let waited = 0; waited < 100 && isAlive(); waited++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#lives.clear();
  }

  /** Starts the container unless it has begun, and says how it is. */
  #run(pod: Pod, life: Life, container: Container): ContainerReality {
    const known = life.containers.get(container.name);
    if (known !== undefined) return known.reality();
    if (life.isEnding) return waiting(container, 'ContainerCreating');
    const image = resolveImage(container.image ?? '', this.#options.images, this.#options.appFile);
    if (image.kind === 'missing') {
      return waiting(container, 'ImagePullBackOff', `Back-off pulling image "${container.image ?? ''}"`);
    }
    const environment = resolveEnvironment(pod, container, life.address, this.#options.cache);
    if (!environment.ok) return waiting(container, 'CreateContainerConfigError', environment.message);
    const given = { ...image.env, ...runTime(pod, image.isBuiltIn), ...environment.variables };
    const env = this.#variables(pod, life, container, given);
    const run = image.isBuiltIn ? withoutCommands(container) : container;
    const entry = run.command ?? image.command;
    const plan = {
      container: run,
      program: { command: [...entry, ...(run.args ?? [])], env },
      restartPolicy: pod.spec.restartPolicy ?? 'Always',
      at: { host: life.address, portOf: (port: number) => life.ports?.localPort(port) ?? port, env },
      ...(image.isBuiltIn ? { defaultReadiness: defaultReadiness(Number(env.CONTAINER_PORT)) } : {}),
    };
    const started = new ProcessContainer(plan, this.#options.clock, () => this.#tell(life.key));
    life.containers.set(container.name, started);
    return started.reality();
  }

  #variables(
    pod: Pod,
    life: Life,
    container: Container,
    given: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    const containerPort = given.PORT ?? String(container.ports?.[0]?.containerPort ?? 8080);
    return {
      HOSTNAME: pod.metadata.name,
      POD_NAME: pod.metadata.name,
      ...given,
      CONTAINER_PORT: containerPort,
      PORT: String(life.ports?.localPort(Number(containerPort)) ?? containerPort),
      HOST: life.address,
      EXIT_WITH_PARENT: '1',
    };
  }

  #lifeOf(pod: Pod): Life {
    const { uid = '', namespace, name } = pod.metadata;
    const known = this.#lives.get(uid);
    if (known !== undefined) return known;
    const own = this.#addresses?.addressOf(uid);
    const life: Life = {
      key: namespace === undefined ? { name } : { namespace, name },
      address: own ?? '127.0.0.1',
      ports: own === undefined ? new PortMap(pod) : undefined,
      containers: new Map(),
      isEnding: false,
    };
    this.#lives.set(uid, life);
    return life;
  }

  #tell(key: ReconcileKey): void {
    for (const listener of this.#listeners) listener(key);
  }
}

/** The built-in app in place of a job's work ends by itself. */
function runTime(pod: Pod, isBuiltIn: boolean): Readonly<Record<string, string>> {
  const { restartPolicy = 'Always' } = pod.spec;
  return isBuiltIn && restartPolicy !== 'Always' ? { RUN_MS: '1000' } : {};
}

function waiting(container: Container, reason: string, message?: string): ContainerReality {
  return {
    name: container.name,
    image: container.image ?? '',
    state: { kind: 'waiting', reason, ...(message === undefined ? {} : { message }) },
    restartCount: 0,
    isReady: false,
  };
}
