import type { UnknownObject } from '#api/k8s/meta.js';
import { numberAt, objectAt } from '#core/json/read.js';
import { inProgress, type Health } from './rule.js';

/** A number of `status`; 0 when it is absent. */
export function statusCount(object: UnknownObject, field: string): number {
  return numberAt(objectAt(object, 'status'), field) ?? 0;
}

/** `spec.replicas`; 1 when it is absent. */
export function wantedReplicas(object: UnknownObject): number {
  return numberAt(objectAt(object, 'spec'), 'replicas') ?? 1;
}

/** The first pair that does not hold, as progress: `[what, have, want]` needs have ≥ want. */
export function firstShortage(
  checks: readonly (readonly [what: string, have: number, want: number])[],
): Health | undefined {
  const short = checks.find(([, have, want]) => have < want);
  return short === undefined ? undefined : inProgress(`${short[0]}: ${short[1]}/${short[2]}`);
}
