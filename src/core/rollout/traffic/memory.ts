import type { CanaryStrategy } from '#api/argoproj/rollout.js';
import { withoutUndefined } from '../course.js';
import type { RoutingMemory } from './record.js';

/** What is to be remembered of a strategy while traffic is shifted by it. */
export function routingMemory(canary: CanaryStrategy): RoutingMemory {
  const { stableService, canaryService, pingPong, dynamicStableScale, trafficRouting } = canary;
  return withoutUndefined({ stableService, canaryService, pingPong, dynamicStableScale, trafficRouting });
}
