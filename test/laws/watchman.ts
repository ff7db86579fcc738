import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { VirtualSandbox } from '#sandbox/virtual-sandbox.js';
import {
  hashOfPod,
  isReadyPod,
  readyPods,
  routesOf,
  strategyOf,
  wantedPods,
  type Backend,
  type Routes,
} from './routes.js';

const hashKey = 'rollouts-pod-template-hash';
const moving: readonly string[] = ['Service', 'DestinationRule'];

/**
 * Stands beside a cluster and checks after every single stored change what must hold so that no request is dropped.
 * It knows nothing of the controller: only objects, and how long endpoints and weights need to reach the proxies.
 */
export class Watchman {
  /** What was broken, with the moment; empty when all went well. */
  readonly broken: string[] = [];
  readonly #sandbox: VirtualSandbox;
  readonly #propagationMs: number;
  /** How old the cache of the controller may be: nobody can act on what it does not show yet. */
  readonly #lagMs: number;
  /** When the last ready pod of a revision was lost. */
  readonly #lostAt = new Map<string, number>();
  readonly #objects = new Map<string, UnknownObject>();
  /** When a proxy may last have sent a request to pods of a hash. */
  readonly #lastServed = new Map<string, number>();
  /** Hash of each backend as it was before. */
  readonly #hashes = new Map<Backend['role'], string>();
  /** When a pod was last seen to become ready. */
  readonly #readySince = new Map<string, number>();
  /** Backends with a share of the traffic and nobody behind them: nothing more can be lost there. */
  readonly #dark = new Set<Backend['role']>();
  /** Backends that once were pointed at a revision with ready pods: from then on they serve. */
  readonly #serving = new Set<Backend['role']>();
  #routes: Routes = { kinds: [], weight: undefined, backends: [] };
  #weightMovedAt = -Infinity;
  #backendMovedAt = -Infinity;
  #weight = 0;
  /** Highest canary weight of the current propagation window. */
  #highWeight = 0;
  #isAdopted = false;
  #isGone = false;

  constructor(sandbox: VirtualSandbox, options: { readonly propagationMs: number; readonly lagMs?: number }) {
    this.#sandbox = sandbox;
    this.#propagationMs = options.propagationMs;
    this.#lagMs = options.lagMs ?? 0;
    const { table } = sandbox.store.view();
    for (const object of table.storageKeys().flatMap((key) => table.list(key, undefined))) {
      this.#objects.set(`${object.kind}/${object.metadata.name}`, object);
    }
    this.#routes = routesOf(this.#objects);
    sandbox.store.onChange(({ before, after, removed }) => {
      const object = after ?? removed ?? before;
      if (object === undefined) return;
      const id = `${object.kind}/${object.metadata.name}`;
      const revision = object.kind === 'Pod' ? (object.metadata.labels?.[hashKey] ?? '') : '';
      const wasReady = revision !== '' && readyPods(this.#objects, revision) > 0;
      if (after === undefined) this.#objects.delete(id);
      else this.#objects.set(id, after);
      if (wasReady && readyPods(this.#objects, revision) === 0) this.#lostAt.set(revision, this.#now());
      if (object.kind === 'Pod') this.#podChanged(object.metadata.name);
      if (relevant.has(object.kind)) this.#look(object.kind, before, after);
    });
  }

  #look(kind: string, before: UnknownObject | undefined, after: UnknownObject | undefined): void {
    // Whoever deletes a release takes its pods away; until the object is gone, traffic is safe.
    if (kind === 'Rollout') this.#isGone = after === undefined;
    if (this.#isGone) return;
    this.#routes = routesOf(this.#objects);
    const isRoute = this.#routes.kinds.includes(kind);
    if (isRoute) this.#weightChanged(this.#routes.weight ?? 0);
    if (moving.includes(kind)) for (const backend of this.#routes.backends) this.#backendChanged(backend);
    if (kind === 'ReplicaSet')
      this.#scaled(before as ReplicaSet | undefined, after as ReplicaSet | undefined);
    if (kind === 'Rollout') this.#told(after as Rollout | undefined);
    if (kind === 'EndpointSlice' || isRoute) this.#everyWeightedBackendServes();
    this.#note();
  }

  #podChanged(name: string): void {
    const isReadyNow = isReadyPod(this.#objects, name);
    if (!isReadyNow) this.#readySince.delete(name);
    else if (!this.#readySince.has(name)) this.#readySince.set(name, this.#now());
  }

  /** A pod that became ready at this very moment is behind its Services at the end of it. */
  #isBecomingReady(hash: string): boolean {
    return [...this.#readySince].some(
      ([name, since]) => since === this.#now() && hashOfPod(this.#objects, name) === hash,
    );
  }

  #now(): number {
    return this.#sandbox.clock.now();
  }

  #break(what: string): void {
    this.broken.push(`+${this.#now() - Date.UTC(2026, 0, 1)}ms ${what}`);
  }

  #weightChanged(weight: number): void {
    if (weight === this.#weight) return;
    const isWindowOpen = this.#now() - this.#backendMovedAt < this.#propagationMs;
    if (isWindowOpen && this.#isAdopted)
      this.#break(`weight ${this.#weight} to ${weight} in the window of a selector`);
    const isQuiet = this.#now() - this.#weightMovedAt >= this.#propagationMs;
    this.#highWeight = Math.max(isQuiet ? this.#weight : this.#highWeight, weight);
    this.#weight = weight;
    this.#weightMovedAt = this.#now();
    this.#stableCarries(weight);
  }

  /** The pods behind the stable backend can carry what the canary does not get. */
  #stableCarries(weight: number): void {
    const needed = Math.floor(((100 - weight) * this.#replicas()) / 100);
    const { hash = '', ready: behind = [] } = this.#backend('stable') ?? {};
    const ready = behind.length;
    // Where every pod has failed by itself, a weight takes nothing away.
    if (ready === 0 && wantedPods(this.#objects, hash) > 0 && readyPods(this.#objects, hash) === 0) return;
    if (ready < Math.min(needed, 1)) this.#break(`weight ${weight} leaves stable to ${ready} ready pods`);
  }

  #backendChanged({ role, hash }: Backend): void {
    const from = this.#hashes.get(role) ?? '';
    this.#hashes.set(role, hash);
    if (from === hash) return;
    this.#backendMovedAt = this.#now();
    if (from === '') return;
    this.#isAdopted = true;
    const isWindowOpen = this.#now() - this.#weightMovedAt < this.#propagationMs;
    if (isWindowOpen) this.#break(`${role} moved in the window of a weight`);
    if (role === 'canary' && this.#effectiveHigh() > 0) {
      this.#break(`canary moved while weight ${this.#effectiveHigh()} was in force`);
    }
    // Nobody but people asks for a preview, which may lead from pods that failed to pods that come up.
    const isPreview = role === 'canary' && strategyOf(this.#objects)['blueGreen'] !== undefined;
    const isNews = this.#now() - (this.#lostAt.get(hash) ?? -Infinity) <= this.#lagMs;
    if (!isNews && hash !== '' && !isPreview && readyPods(this.#objects, hash) === 0)
      this.#break(`${role} pointed at pods that are not ready`);
  }

  #effectiveHigh(): number {
    return this.#now() - this.#weightMovedAt >= this.#propagationMs ? this.#weight : this.#highWeight;
  }

  /** Pods leave only when no proxy has sent them anything for a propagation time. */
  #scaled(before: ReplicaSet | undefined, after: ReplicaSet | undefined): void {
    const from = before?.spec.replicas ?? 0;
    const to = after?.spec.replicas ?? 0;
    const hash = before?.metadata.labels?.[hashKey] ?? '';
    if (to > 0 || from === 0 || hash === '' || this.#mayBeGapped()) return;
    const since = this.#now() - (this.#lastServed.get(hash) ?? -Infinity);
    if (readyPods(this.#objects, hash) > 0 && since < this.#propagationMs) {
      this.#break(`ReplicaSet ${before?.metadata.name} emptied ${since} ms after it may have been served`);
    }
  }

  #told(rollout: Rollout | undefined): void {
    const stable = this.#backend('stable');
    if (rollout?.status?.phase !== 'Healthy' || this.#replicas() === 0 || !this.#isManaged(stable)) return;
    const isObserved = rollout.status.observedGeneration === String(rollout.metadata.generation);
    if (!isObserved) return;
    if (stable?.hash !== (rollout.status.stableRS ?? ''))
      this.#break('Healthy before the stable backend is there');
    if (this.#weight !== 0) this.#break(`Healthy at weight ${this.#weight}`);
  }

  /** Every way with weight leads to ready pods, or was never led anywhere. */
  #everyWeightedBackendServes(): void {
    const { weight, backends } = this.#routes;
    for (const { role, hash, ready } of backends) {
      if (hash !== '' && ready.length > 0) this.#serving.add(role);
      const share = weight === undefined ? 100 : role === 'canary' ? weight : 100 - weight;
      const wasDark = this.#dark.has(role);
      if (share === 0 || ready.length > 0) this.#dark.delete(role);
      else this.#dark.add(role);
      if (share === 0 || ready.length > 0 || wasDark) continue;
      if (!this.#serving.has(role) || this.#mayBeGapped()) continue;
      // Pods that fail by themselves are nobody's fault, pods that were taken away are.
      if (this.#isBecomingReady(hash)) continue;
      const isFault = readyPods(this.#objects, hash) > 0 || wantedPods(this.#objects, hash) === 0;
      if (isFault) this.#break(`${share} of 100 to a ${role} backend without ready endpoints`);
    }
  }

  /** The user allows that nothing runs for a moment: one replica that may not surge, or none at all. */
  #mayBeGapped(): boolean {
    const canary = strategyOf(this.#objects)['canary'];
    const isTight = canary?.['maxSurge'] === 0 && this.#routes.weight === undefined;
    return this.#replicas() === 0 || (isTight && this.#replicas() === 1);
  }

  #note(): void {
    const { weight, backends } = this.#routes;
    const high = this.#effectiveHigh();
    for (const { role, hash, ready } of backends) {
      if (hash === '' || (role === 'canary' && weight !== undefined && high === 0)) continue;
      for (const name of ready) this.#lastServed.set(hashOfPod(this.#objects, name), this.#now());
    }
  }

  #backend(role: Backend['role']): Backend | undefined {
    return this.#routes.backends.find((backend) => backend.role === role);
  }

  /** Somebody else than the user points the backend at revisions. */
  #isManaged(backend: Backend | undefined): boolean {
    const { canary, blueGreen } = strategyOf(this.#objects);
    const isNamed = blueGreen !== undefined || canary?.['stableService'] !== undefined;
    return isNamed || backend?.movedBy.startsWith('DestinationRule') === true;
  }

  #replicas(): number {
    return (this.#objects.get('Rollout/web') as Rollout | undefined)?.spec.replicas ?? 0;
  }
}

const relevant: ReadonlySet<string> = new Set([
  ...moving,
  'VirtualService',
  'Ingress',
  'TraefikService',
  'HTTPRoute',
  'ReplicaSet',
  'Rollout',
  'EndpointSlice',
  'Pod',
]);
