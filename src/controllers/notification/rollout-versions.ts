import type { Rollout } from '#api/argoproj/rollout.js';
import { hasSubscriptions } from '#core/notify/subscriptions.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';

/** Versions of one Rollout that are kept: between a change and the event that tells of it there are not many. */
const mostVersions = 8;

/**
 * Rollouts as they were a moment ago, by version, so that a message about an event says how it was then. Lost with the
 * process: then a message says how it is now.
 */
export class RolloutVersions {
  readonly #versions = new Map<string, Map<string, Rollout>>();
  /** Whether Rollouts without subscriptions of their own are kept too. */
  keepsAll = false;

  note(rollout: Rollout): void {
    const { resourceVersion = '' } = rollout.metadata;
    if (!this.keepsAll && !hasSubscriptions(rollout.metadata)) return;
    const id = idOf(rollout.metadata);
    const known = this.#versions.get(id) ?? new Map<string, Rollout>();
    this.#versions.set(id, known);
    known.set(resourceVersion, rollout);
    const [oldest] = known.keys();
    if (known.size > mostVersions && oldest !== undefined) known.delete(oldest);
  }

  find(key: ReconcileKey, uid: string, resourceVersion: string): Rollout | undefined {
    const found = this.#versions.get(idOf(key))?.get(resourceVersion);
    return found?.metadata.uid === uid ? found : undefined;
  }

  forget(key: ReconcileKey): void {
    this.#versions.delete(idOf(key));
  }
}

function idOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace ?? ''}/${name}`;
}
