import type { Wait } from '#core/decision/decision.js';

/**
 * The wait in words that do not change while it lasts: how many pods are there is told by the counts of the status, and
 * each other word would be another write of it.
 */
export function steady(wait: Wait): Wait {
  if (wait.unblockedBy !== 'the pods') return wait;
  const restart = /^\d+ (pods of ReplicaSet .* to be restarted)$/.exec(wait.what)?.[1];
  if (restart !== undefined) return { ...wait, what: restart, reason: 'Restarting' };
  const [kind, , name] = wait.object?.split('/') ?? [];
  switch (kind) {
    case 'ReplicaSet':
      return { ...wait, what: `pods of ReplicaSet ${name} to be available`, reason: 'PodsNotAvailable' };
    case 'Service':
      return {
        ...wait,
        what: `endpoints of Service ${name} to be those of its pods`,
        reason: 'EndpointsNotSeen',
      };
    default:
      return wait;
  }
}

/** Each wait once; the first of equal ones stays. */
export function withoutRepeats(waits: readonly Wait[]): readonly Wait[] {
  return waits.filter(
    (wait, i) => waits.findIndex(({ what, object }) => what === wait.what && object === wait.object) === i,
  );
}
