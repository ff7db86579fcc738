import { isEqual } from '#core/json/json.js';
import type { Course } from '../course.js';
import { explain, steer, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import type { FormerRouting } from '../snapshot.js';
import { freeDeletion } from './guard-deletion.js';
import { takeBack } from './take-back.js';

/**
 * The way that traffic is still shifted by, when the spec describes another one by now: routing was taken out, another
 * router or strategy chosen, a Service renamed. `undefined` when nothing has to be let go first.
 */
export function formerRouting(facts: Facts, course: Course): FormerRouting | undefined {
  const { former, routers } = facts.snapshot;
  if (former === undefined || course.routedBy === undefined) return undefined;
  const { canary } = facts.rollout.spec.strategy ?? {};
  const { stableService, canaryService, pingPong, trafficRouting } = former.strategy;
  const isSame =
    canary?.trafficRouting !== undefined &&
    canary.stableService === stableService &&
    canary.canaryService === canaryService &&
    isEqual(canary.pingPong ?? null, pingPong ?? null) &&
    canary.trafficRouting.maxTrafficWeight === trafficRouting?.maxTrafficWeight &&
    former.routers.every((old) =>
      routers.some((router) => router.id === old.id && isEqual(router.steers, old.steers)),
    );
  return isSame ? undefined : former;
}

/** Takes the traffic back the way that it was shifted; when every proxy knows, the spec is followed again. */
export function letGo(facts: Facts, draft: Draft, former: FormerRouting): Draft {
  const { draft: next, isSafe } = takeBack(facts, draft, former);
  const why = 'the way of routing changed: traffic goes back to stable first';
  if (!isSafe) return explain(next, why);
  return explain(
    withoutRouting(facts, next),
    'the way of routing changed: nothing is shifted the old way any more',
  );
}

/** Nothing is shifted by weight: what was known of it is forgotten, and holds no deletion. */
export function withoutRouting(facts: Facts, draft: Draft): Draft {
  return freeDeletion(facts, steer(draft, { traffic: undefined, weights: undefined, routedBy: undefined }));
}
