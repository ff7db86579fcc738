import { kinds } from '#api/kinds.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import type { Kube } from '#ports/kube.js';

/** When each Kustomization of a namespace was seen Ready at a revision, by watch. */
export class Arrivals {
  readonly #seen = new Map<string, Map<string, number>>();
  readonly #stop = new AbortController();
  #wake: (() => void)[] = [];

  constructor(
    readonly kube: Kube,
    readonly namespace: string,
  ) {}

  async start(): Promise<void> {
    const { items, resourceVersion } = await this.kube.list<Kustomization>(kinds.kustomization, {
      namespace: this.namespace,
    });
    for (const item of items) this.#note(item);
    void this.#follow(resourceVersion);
  }

  async #follow(resourceVersion: string): Promise<void> {
    const { signal } = this.#stop;
    const options = { namespace: this.namespace, resourceVersion, signal };
    for await (const event of this.kube.watch<Kustomization>(kinds.kustomization, options)) {
      if ('object' in event) this.#note(event.object);
    }
  }

  #note({ metadata: { name, generation }, status }: Kustomization): void {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    const revision = status?.lastAppliedRevision;
    if (revision === undefined || ready?.status !== 'True' || status?.observedGeneration !== generation)
      return;
    const known = this.#seen.get(revision) ?? new Map<string, number>();
    if (!known.has(name)) known.set(name, performance.now());
    this.#seen.set(revision, known);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Waits until all of these are Ready at the revision; the moments by name. */
  async all(
    names: readonly string[],
    revision: string,
    limitMs = 280_000,
  ): Promise<ReadonlyMap<string, number>> {
    const until = performance.now() + limitMs;
    for (;;) {
      const seen = this.#seen.get(revision) ?? new Map<string, number>();
      if (names.every((name) => seen.has(name))) return seen;
      if (performance.now() > until)
        throw new Error(`${seen.size} of ${names.length} at ${revision} in time`);
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        setTimeout(resolve, 1000);
      });
    }
  }

  stop(): void {
    this.#stop.abort();
  }
}
