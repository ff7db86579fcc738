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

  /** How long after its Deployment each of these was there, in milliseconds, and the worst of them. */
  lagsOf(seen: ReadonlyMap<string, number>): { readonly worstMs: number; readonly medianMs: number } {
    const lags = [...seen]
      .map(([name, at]) => at - (this.#readyAt.get(`${name}-b`) ?? at))
      .sort((a, b) => a - b);
    const medianMs = Math.round(lags[Math.floor(lags.length / 2)] ?? 0);
    return { worstMs: Math.round(lags.at(-1) ?? 0), medianMs };
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
