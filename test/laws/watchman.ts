import type { Rollout } from '#api/argoproj/rollout.js';
import type { EndpointSlice, Pod, ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { VirtualSandbox } from '#sandbox/virtual-sandbox.js';

const hashKey = 'rollouts-pod-template-hash';

/**
 * Stands beside a cluster and checks after every single stored change what must hold so that no request is dropped.
 * It knows nothing of the controller: only objects, and how long endpoints and weights need to reach the proxies.
 */
export class Watchman {
  /** What was broken, with the moment; empty when all went well. */
  readonly broken: string[] = [];
  readonly #sandbox: VirtualSandbox;
  readonly #propagationMs: number;
  readonly #objects = new Map<string, UnknownObject>();
  /** When a proxy may last have sent a request to pods of a hash. */
  readonly #lastServed = new Map<string, number>();
  #weightMovedAt = -Infinity;
  #selectorMovedAt = -Infinity;
  #weight = 0;
  /** Highest canary weight of the current propagation window. */
  #highWeight = 0;
  #isAdopted = false;

  constructor(sandbox: VirtualSandbox, options: { readonly propagationMs: number }) {
    this.#sandbox = sandbox;
    this.#propagationMs = options.propagationMs;
    sandbox.store.onChange(({ before, after, removed }) => {
      const object = after ?? removed ?? before;
      if (object === undefined) return;
      const id = `${object.kind}/${object.metadata.name}`;
      if (after === undefined) this.#objects.delete(id);
      else this.#objects.set(id, after);
      this.#look(before, after);
    });
  }

  #look(before: UnknownObject | undefined, after: UnknownObject | undefined): void {
    const kind = after?.kind ?? before?.kind;
    if (kind === 'VirtualService') this.#weightChanged();
    if (kind === 'Service') this.#selectorChanged(before, after);
    if (kind === 'ReplicaSet')
      this.#scaled(before as ReplicaSet | undefined, after as ReplicaSet | undefined);
    if (kind === 'Rollout') this.#told(after as Rollout | undefined);
    if (kind === 'EndpointSlice' || kind === 'VirtualService') this.#everyWeightedBackendServes();
    this.#note();
  }

  #now(): number {
    return this.#sandbox.clock.now();
  }

  #break(what: string): void {
    this.broken.push(`+${this.#now() - Date.UTC(2026, 0, 1)}ms ${what}`);
  }

  #weightChanged(): void {
    const weight = this.#writtenWeight();
    if (weight === this.#weight) return;
    const isWindowOpen = this.#now() - this.#selectorMovedAt < this.#propagationMs;
    if (isWindowOpen && this.#isAdopted)
      this.#break(`weight ${this.#weight} to ${weight} in the window of a selector`);
    const isQuiet = this.#now() - this.#weightMovedAt >= this.#propagationMs;
    this.#highWeight = Math.max(isQuiet ? this.#weight : this.#highWeight, weight);
    this.#weight = weight;
    this.#weightMovedAt = this.#now();
    this.#stableCarries(weight);
  }

  /** The pods behind the stable Service can carry what the canary does not get. */
  #stableCarries(weight: number): void {
    const replicas = this.#rollout()?.spec.replicas ?? 0;
    const needed = Math.floor(((100 - weight) * replicas) / 100);
    const ready = this.#readyBehind('web');
    if (ready < Math.min(needed, 1)) this.#break(`weight ${weight} leaves stable to ${ready} ready pods`);
  }

  #selectorChanged(before: UnknownObject | undefined, after: UnknownObject | undefined): void {
    const from = selectorOf(before);
    const to = selectorOf(after);
    if (from === to || before === undefined || after === undefined) return;
    const { name } = after.metadata;
    const isFirst = from === '';
    this.#selectorMovedAt = this.#now();
    if (isFirst || !this.#hasRoute()) return;
    this.#isAdopted = true;
    const isWindowOpen = this.#now() - this.#weightMovedAt < this.#propagationMs;
    if (isWindowOpen) this.#break(`selector of ${name} in the window of a weight`);
    if (name === 'web-canary' && this.#effectiveHigh() > 0) {
      this.#break(`canary selector moved while weight ${this.#effectiveHigh()} was in force`);
    }
    if (to !== '' && this.#readyPods(to) === 0) this.#break(`${name} pointed at pods that are not ready`);
  }

  #effectiveHigh(): number {
    return this.#now() - this.#weightMovedAt >= this.#propagationMs ? this.#weight : this.#highWeight;
  }

  /** Pods leave only when no proxy has sent them anything for a propagation time. */
  #scaled(before: ReplicaSet | undefined, after: ReplicaSet | undefined): void {
    const from = before?.spec.replicas ?? 0;
    const to = after?.spec.replicas ?? 0;
    const hash = before?.metadata.labels?.[hashKey] ?? '';
    if (to > 0 || from === 0 || hash === '' || !this.#hasRoute()) return;
    const since = this.#now() - (this.#lastServed.get(hash) ?? -Infinity);
    if (this.#readyPods(hash) > 0 && since < this.#propagationMs) {
      this.#break(`ReplicaSet ${before?.metadata.name} emptied ${since} ms after it may have been served`);
    }
  }

  #told(rollout: Rollout | undefined): void {
    if (rollout?.status?.phase !== 'Healthy' || !this.#hasRoute() || (rollout.spec.replicas ?? 0) === 0)
      return;
    const hash = rollout.status.stableRS ?? '';
    const isObserved = rollout.status.observedGeneration === String(rollout.metadata.generation);
    if (!isObserved) return;
    if (this.#hashOf('web') !== hash) this.#break('Healthy before the stable Service is there');
    if (this.#weight !== 0) this.#break(`Healthy at weight ${this.#weight}`);
  }

  /** Both ways of a route lead to ready pods: the one with weight now, and each that a proxy may still know. */
  #everyWeightedBackendServes(): void {
    if (!this.#hasRoute() || this.#hashOf('web') === '' || this.#hashOf('web-canary') === '') return;
    if (this.#weight > 0 && this.#readyBehind('web-canary') === 0 && this.#hasLiveCanary()) {
      this.#break(`weight ${this.#weight} to a canary Service without ready endpoints`);
    }
    if (this.#weight < 100 && this.#readyBehind('web') === 0 && this.#hasLiveStable()) {
      this.#break(`weight ${100 - this.#weight} to a stable Service without ready endpoints`);
    }
  }

  /** Pods that fail by themselves are nobody's fault: only what ready pods there are must be found. */
  #hasLiveCanary(): boolean {
    return this.#readyPods(this.#hashOf('web-canary')) > 0;
  }

  #hasLiveStable(): boolean {
    return this.#readyPods(this.#hashOf('web')) > 0;
  }

  #note(): void {
    if (!this.#hasRoute()) return;
    const high = this.#effectiveHigh();
    for (const [service, isUsed] of [
      ['web', true],
      ['web-canary', high > 0],
    ] as const) {
      if (!isUsed) continue;
      for (const hash of this.#hashesBehind(service)) this.#lastServed.set(hash, this.#now());
    }
  }

  #rollout(): Rollout | undefined {
    return this.#objects.get('Rollout/web') as Rollout | undefined;
  }

  #hasRoute(): boolean {
    return this.#objects.has('VirtualService/web');
  }

  #writtenWeight(): number {
    const spec = this.#objects.get('VirtualService/web')?.['spec'] as
      { http?: { name?: string; route: { destination: { host: string }; weight?: number }[] }[] } | undefined;
    const primary = spec?.http?.find((route) => route.name === 'primary');
    return primary?.route.find((entry) => entry.destination.host === 'web-canary')?.weight ?? 0;
  }

  #hashOf(service: string): string {
    return selectorOf(this.#objects.get(`Service/${service}`));
  }

  #slices(service: string): readonly EndpointSlice[] {
    const all = [...this.#objects.values()].filter(
      ({ kind }) => kind === 'EndpointSlice',
    ) as unknown as EndpointSlice[];
    return all.filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service);
  }

  #readyNames(service: string): readonly string[] {
    return this.#slices(service)
      .flatMap((slice) => slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true)
      .flatMap((endpoint) => endpoint.targetRef?.name ?? []);
  }

  #readyBehind(service: string): number {
    return this.#readyNames(service).length;
  }

  #hashesBehind(service: string): ReadonlySet<string> {
    const names = this.#readyNames(service);
    return new Set(names.map((name) => this.#objects.get(`Pod/${name}`)?.metadata.labels?.[hashKey] ?? ''));
  }

  #readyPods(hash: string): number {
    return [...this.#objects.values()].filter((object) => {
      if (object.kind !== 'Pod' || object.metadata.labels?.[hashKey] !== hash) return false;
      const pod = object as unknown as Pod;
      const isReady = pod.status?.conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      );
      return isReady === true && pod.metadata.deletionTimestamp === undefined;
    }).length;
  }
}

function selectorOf(object: UnknownObject | undefined): string {
  return (object as Service | undefined)?.spec?.selector?.[hashKey] ?? '';
}
