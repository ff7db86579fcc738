import type { Pod } from '#api/k8s/core-kinds.js';
import { addMs, earliest, type Instant } from '#core/time/instant.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import { AddressPool } from '../address-pool.js';
import type { PodReality, PodRuntime } from '../pod-runtime.js';
import { playScript } from './play.js';
import { type ImageScripts, scriptOf } from './script.js';

/** Scripted pods, and what a story may do to them. */
export interface ScriptedPods extends PodRuntime {
  /** From now on the container is (un)ready, whatever its script says; `undefined` gives it back to the script. */
  setReady(pod: Pod, isReady: boolean | undefined): void;
  /** Whether somebody answers at this address at this moment. */
  isServing(address: string, now: Instant): boolean;
}

interface Life {
  readonly key: ReconcileKey;
  readonly address: string;
  readonly since: Instant;
  endsAt?: Instant;
  isReady?: boolean;
  isRunning: boolean;
  isServing: boolean;
}

const defaultTerminateMs = 1_000;

/** Pods that are nothing but a script over time. */
export function createScriptedPods(options: { readonly images?: ImageScripts } = {}): ScriptedPods {
  return new Scripted(options.images ?? {});
}

class Scripted implements ScriptedPods {
  readonly #images: ImageScripts;
  readonly #addresses = new AddressPool('10.244.0.2', 65_000);
  readonly #lives = new Map<string, Life>();
  readonly #byAddress = new Map<string, Life>();
  readonly #listeners = new Set<(key: ReconcileKey) => void>();

  constructor(images: ImageScripts) {
    this.#images = images;
  }

  sync(pod: Pod, now: Instant): PodReality {
    const life = this.#lifeOf(pod, now);
    const played = playScript(scriptOf(pod, this.#images), life.since, now);
    const isRunning = played.state.kind === 'running';
    life.isRunning = isRunning;
    life.isServing = played.isServing;
    const changesAt = earliest(
      played.changesAt,
      life.endsAt !== undefined && life.endsAt > now ? life.endsAt : undefined,
    );
    return {
      address: life.address,
      containers: pod.spec.containers.map(({ name, image }) => ({
        ...played,
        name,
        image: image ?? '',
        isReady: isRunning && (life.isReady ?? played.isReady),
      })),
      isOver: life.endsAt !== undefined && now >= life.endsAt,
      ...(changesAt === undefined ? {} : { changesAt }),
    };
  }

  terminate(pod: Pod, graceMs: number, now: Instant): void {
    const life = this.#lifeOf(pod, now);
    const { terminateAfterMs = defaultTerminateMs } = scriptOf(pod, this.#images);
    const endsAt = addMs(now, life.isRunning ? Math.min(terminateAfterMs, graceMs) : 0);
    life.endsAt ??= endsAt;
  }

  forget(uid: string): void {
    const life = this.#lives.get(uid);
    if (life === undefined) return;
    this.#lives.delete(uid);
    this.#byAddress.delete(life.address);
    this.#addresses.release(uid);
  }

  onChange(listener: (key: ReconcileKey) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  logs(): undefined {
    return undefined;
  }

  setReady(pod: Pod, isReady: boolean | undefined): void {
    const life = this.#lives.get(pod.metadata.uid ?? '');
    if (life === undefined) return;
    if (isReady === undefined) delete life.isReady;
    else life.isReady = isReady;
    for (const listener of this.#listeners) listener(life.key);
  }

  isServing(address: string, now: Instant): boolean {
    const life = this.#byAddress.get(address);
    return life !== undefined && life.isServing && (life.endsAt === undefined || now < life.endsAt);
  }

  #lifeOf(pod: Pod, now: Instant): Life {
    const { uid = '', namespace, name } = pod.metadata;
    const known = this.#lives.get(uid);
    if (known !== undefined) return known;
    const address = this.#addresses.addressOf(uid);
    const key = namespace === undefined ? { name } : { namespace, name };
    const life: Life = { key, address, since: now, isRunning: false, isServing: false };
    this.#lives.set(uid, life);
    this.#byAddress.set(address, life);
    return life;
  }
}
