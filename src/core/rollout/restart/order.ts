import { parseInstant, type Instant } from '#core/time/instant.js';
import type { Facts } from '../facts.js';

/** Pods from before this moment are to be replaced; `undefined` when nobody asked for it, or it is done. */
export function restartOrder(facts: Facts, restartedAt: string | undefined): Instant | undefined {
  const { restartAt } = facts.rollout.spec;
  return restartAt === restartedAt ? undefined : parseInstant(restartAt);
}

/** Pods are being restarted, or are about to be. */
export function isRestarting(facts: Facts, restartedAt: string | undefined): boolean {
  const order = restartOrder(facts, restartedAt);
  return order !== undefined && facts.now >= order;
}
