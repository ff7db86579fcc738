import type { Rollout } from '#api/argoproj/rollout.js';

/**
 * Whether a change of a Rollout is something that a person asked for and waits for: an abort, a promotion, a pause that
 * they end or begin. What the controller writes of its own steps is none.
 */
export function isOrder(before: Rollout, after: Rollout): boolean {
  const [old, now] = [before.status ?? {}, after.status ?? {}];
  const isResumed = (old.pauseConditions ?? []).length > 0 && (now.pauseConditions ?? []).length === 0;
  return (
    (now.abort === true && old.abort !== true) ||
    (now.promoteFull === true && old.promoteFull !== true) ||
    // The controller takes its flag away with the conditions; a person leaves it.
    (isResumed && now.controllerPause === true) ||
    (before.spec.paused === true) !== (after.spec.paused === true)
  );
}
