import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { canarySettings } from '#core/rollout/spec/canary-settings.js';
import type { VirtualSandbox } from '#sandbox/virtual-sandbox.js';

const surgeMark = 'sluice.dev/restart-surge';

/**
 * Watches the sizes of ReplicaSets: a canary without a router is never over its surge bound nor, by our doing, under
 * its availability bound; no ReplicaSet is ever asked for a negative size.
 */
export class Bounds {
  readonly broken: string[] = [];
  readonly #sandbox: VirtualSandbox;
  readonly #sets = new Map<string, ReplicaSet>();
  readonly #lagMs: number;
  /** When pods were last lost. */
  #lostAt = Number.NEGATIVE_INFINITY;
  /** The Rollout as it was, newest last; `undefined` while there is none. */
  readonly #rollouts: { readonly at: number; readonly rollout: Rollout | undefined }[] = [];

  /** `lagMs`: how old what the controller sees may be. */
  constructor(sandbox: VirtualSandbox, lagMs: number) {
    this.#sandbox = sandbox;
    this.#lagMs = lagMs;
    sandbox.store.onChange(({ before, after, removed }) => {
      const object = after ?? removed ?? before;
      if (object?.kind === 'Rollout')
        this.#rollouts.push({ at: sandbox.clock.now(), rollout: after as Rollout | undefined });
      if (object?.kind !== 'ReplicaSet') return;
      const name = object.metadata.name;
      const was = this.#sets.get(name);
      if (available(after) < available(was)) this.#lostAt = sandbox.clock.now();
      if (after === undefined) this.#sets.delete(name);
      else this.#sets.set(name, after as unknown as ReplicaSet);
      if (after !== undefined) this.#sized(was, after);
    });
  }

  #sized(was: ReplicaSet | undefined, object: UnknownObject): void {
    const set = object as unknown as ReplicaSet;
    const from = was?.spec.replicas ?? 0;
    const to = set.spec.replicas ?? 1;
    if (to < 0) this.#break(`${set.metadata.name} is asked for ${to} pods`);
    const bounds = this.#boundsOf();
    if (bounds === undefined || from === to) return;
    if (to > from) this.#grew(set, bounds.most);
    else this.#shrank(set, to, bounds.least);
  }

  /** The loosest of what the controller may have seen; `undefined` when a spec among it sets no bounds. */
  #boundsOf(): { readonly most: number; readonly least: number } | undefined {
    const since = this.#sandbox.clock.now() - this.#lagMs;
    const first = this.#rollouts.findLastIndex(({ at }) => at < since);
    let [most, least] = [0, Number.POSITIVE_INFINITY];
    for (const { rollout } of this.#rollouts.slice(Math.max(0, first))) {
      const strategy = rollout?.spec.strategy?.canary;
      if (rollout === undefined || strategy === undefined || strategy.trafficRouting !== undefined)
        return undefined;
      const replicas = rollout.spec.replicas ?? 1;
      const { maxSurge, maxUnavailable } = canarySettings(strategy, replicas);
      most = Math.max(most, replicas + maxSurge);
      least = Math.min(least, replicas - maxUnavailable);
    }
    return { most, least };
  }

  #grew(set: ReplicaSet, most: number): void {
    const extra = this.#all().filter((one) => one.metadata.annotations?.[surgeMark] !== undefined).length;
    const sum = this.#all().reduce((total, one) => total + (one.spec.replicas ?? 1), 0);
    if (sum > most + extra) this.#break(`${set.metadata.name} grew: ${sum} pods where ${most} are allowed`);
  }

  #shrank(set: ReplicaSet, to: number, least: number): void {
    // The controller may not know yet of pods that are gone.
    if (this.#lagMs > 0 && this.#sandbox.clock.now() - this.#lostAt <= this.#lagMs) return;
    const all = this.#all().reduce((total, one) => total + available(one), 0);
    const own = available(set);
    const left = all - Math.max(0, own - to);
    if (own > to && left < least)
      this.#break(`${set.metadata.name} shrank to ${to}: ${left} available where ${least} are needed`);
  }

  #all(): readonly ReplicaSet[] {
    return [...this.#sets.values()];
  }

  #break(what: string): void {
    this.broken.push(`+${this.#sandbox.clock.now() - Date.UTC(2026, 0, 1)}ms ${what}`);
  }
}

function available(set: unknown): number {
  return (set as ReplicaSet | undefined)?.status?.availableReplicas ?? 0;
}
