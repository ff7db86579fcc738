import type { Draft } from '../draft.js';
import type { Facts } from '../facts.js';

/** One pass of a blue-green release whose ReplicaSet exists. */
export function decideBlueGreen(_facts: Facts, draft: Draft): Draft {
  return draft;
}
