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
  #rollout: Rollout | undefined;

  constructor(sandbox: VirtualSandbox) {
    this.#sandbox = sandbox;
    sandbox.store.onChange(({ before, after, removed }) => {
      const object = after ?? removed ?? before;
      if (object?.kind === 'Rollout') this.#rollout = after as Rollout | undefined;
      if (object?.kind !== 'ReplicaSet') return;
      const name = object.metadata.name;
      const was = this.#sets.get(name);
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
    const strategy = this.#rollout?.spec.strategy?.canary;
    if (strategy === undefined || strategy.trafficRouting !== undefined || from === to) return;
    const replicas = this.#rollout?.spec.replicas ?? 1;
    const { maxSurge, maxUnavailable } = canarySettings(strategy, replicas);
    if (to > from) this.#grew(set, replicas + maxSurge);
    else this.#shrank(set, to, replicas - maxUnavailable);
  }

  #grew(set: ReplicaSet, most: number): void {
    const extra = this.#all().filter((one) => one.metadata.annotations?.[surgeMark] !== undefined).length;
    const sum = this.#all().reduce((total, one) => total + (one.spec.replicas ?? 1), 0);
    if (sum > most + extra) this.#break(`${set.metadata.name} grew: ${sum} pods where ${most} are allowed`);
  }

  #shrank(set: ReplicaSet, to: number, least: number): void {
    const available = this.#all().reduce((total, one) => total + (one.status?.availableReplicas ?? 0), 0);
    const own = set.status?.availableReplicas ?? 0;
    const left = available - Math.max(0, own - to);
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
