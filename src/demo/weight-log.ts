import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';
import { shopNamespace } from './scene.js';

/** Every weight that a Rollout's status has said, in order, by Rollout and pod hash; fed by a watch, so none is missed. */
export class WeightLog {
  readonly #weights = new Map<string, number[]>();

  /** Follows until the signal aborts. */
  async follow(kube: Kube, signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await kube.list<Rollout>(kinds.rollout, { namespace: shopNamespace });
    for (const rollout of items) this.#note(rollout);
    for await (const event of kube.watch<Rollout>(kinds.rollout, {
      namespace: shopNamespace,
      resourceVersion,
      signal,
    })) {
      if ('object' in event) this.#note(event.object);
    }
  }

  /** The distinct weights above 0 that a canary of this hash was given, in order. */
  climbOf(name: string, hash: string): readonly number[] {
    return (this.#weights.get(`${name} ${hash}`) ?? []).filter((weight) => weight > 0);
  }

  #note({ metadata, status }: Rollout): void {
    const canary = status?.canary?.weights?.canary;
    const hash = status?.currentPodHash;
    if (canary?.weight === undefined || hash === undefined) return;
    const weights = this.#weights.get(`${metadata.name} ${hash}`) ?? [];
    if (weights.at(-1) !== canary.weight) weights.push(canary.weight);
    this.#weights.set(`${metadata.name} ${hash}`, weights);
  }
}
