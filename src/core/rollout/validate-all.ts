import type { Facts } from './facts.js';

/** The first problem of the spec or of what it names, as the peer prints it; `undefined` when there is none. */
export function findProblem(facts: Facts): string | undefined {
  const [unknown] = facts.snapshot.unknownRouters;
  if (unknown !== undefined) {
    return `spec.strategy.canary.trafficRouting.${unknown}: Invalid value: "${unknown}": no provider of this name is known`;
  }
  return undefined;
}
