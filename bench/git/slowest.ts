import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { numberAt, objectAt } from '#core/json/read.js';
import type { Kube } from '#ports/kube.js';

/** When each Deployment of a namespace was last seen to become ready, by watch. */
export class Slowest {
  readonly #readyAt = new Map<string, number>();
  readonly #ready = new Set<string>();
  readonly #stop = new AbortController();

  constructor(
    readonly kube: Kube,
    readonly namespace: string,
  ) {}

  async start(): Promise<void> {
    const { items, resourceVersion } = await this.kube.list(kinds.deployment, { namespace: this.namespace });
    for (const item of items) this.#note(item);
    void this.#follow(resourceVersion);
  }

  /**
   * How long after its Deployment each of these was there, in milliseconds, and the worst of them; of those alone whose
   * Deployment has become ready since a moment.
   */
  lagsOf(seen: ReadonlyMap<string, number>, since: number): Readonly<Record<string, number>> {
    const lags = [...seen]
      .flatMap(([name, at]) => {
        const readyAt = this.#readyAt.get(name) ?? 0;
        return readyAt < since ? [] : [Math.round(at - readyAt)];
      })
      .sort((a, b) => a - b);
    const counted = lags.length;
    return counted === 0
      ? { counted }
      : { counted, worstMs: lags.at(-1) ?? 0, medianMs: lags[Math.floor(counted / 2)] ?? 0 };
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(resourceVersion: string): Promise<void> {
    const options = { namespace: this.namespace, resourceVersion, signal: this.#stop.signal };
    for await (const event of this.kube.watch(kinds.deployment, options)) {
      if ('object' in event) this.#note(event.object);
    }
  }

  #note(deployment: UnknownObject): void {
    const { name } = deployment.metadata;
    const isReady = isComplete(deployment);
    if (isReady && !this.#ready.has(name)) this.#readyAt.set(name, performance.now());
    if (isReady) this.#ready.add(name);
    else this.#ready.delete(name);
  }
}

/** As kstatus has it (flux-semantics 9.2). */
function isComplete({ metadata, ...deployment }: UnknownObject): boolean {
  const wanted = numberAt(objectAt(deployment, 'spec'), 'replicas') ?? 1;
  const status = objectAt(deployment, 'status');
  const has = (field: string) => numberAt(status, field) ?? 0;
  const isSeen = has('observedGeneration') === metadata.generation;
  const counts = ['replicas', 'updatedReplicas', 'availableReplicas', 'readyReplicas'].map(has);
  const { conditions } = status;
  const isDone =
    Array.isArray(conditions) &&
    conditions.some((one: { type?: unknown; reason?: unknown }) => one.reason === 'NewReplicaSetAvailable');
  return isSeen && isDone && counts.every((count) => count === wanted);
}
