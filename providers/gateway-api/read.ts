import type { UnknownObject } from '#api/k8s/meta.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import { isSplit, readRule } from './backends.js';
import { findRoutes, nameOfRoute, type FoundRoute } from './find-routes.js';
import { sortRules } from './recognise.js';
import type { GatewayApiConfig } from './schema.js';

/** The weights that all rules agree on, the managed rules that are there, and whether every gateway took them. */
export function readGatewayApi(
  config: GatewayApiConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficReading {
  const routes = findRoutes(config, request, observed);
  if ('message' in routes) return { kind: 'unknown', why: routes.message };
  const all = routes.flatMap((route) => weightsOf(route, request));
  const [first] = all;
  if (first === undefined) return { kind: 'unknown', why: 'no rule names both Services' };
  for (const { weights, where } of all) {
    if (weights === undefined) return { kind: 'unknown', why: `${where} has no weights yet` };
    const { canary, stable } = first.weights ?? weights;
    if (weights.canary !== canary || weights.stable !== stable) {
      return { kind: 'unknown', why: `${first.where} and ${where} have different weights` };
    }
  }
  if (first.weights === undefined) return { kind: 'unknown', why: `${first.where} has no weights yet` };
  const managed = new Set(routes.flatMap(({ live }) => sortRules(live, request).managed));
  return {
    kind: 'weights',
    ...first.weights,
    routes: request.managedRoutes.filter((name) => managed.has(name)),
    isVerified: routes.every(({ live }) => isTaken(live)),
  };
}

function weightsOf(route: FoundRoute, request: TrafficRequest) {
  return sortRules(route.live, request)
    .own.filter((rule) => isSplit(request, rule))
    .map((rule) => ({ weights: readRule(request, rule), where: nameOfRoute(route) }));
}

/**
 * Every gateway that speaks in the status has seen this generation, and one of them accepts it: one that refuses the
 * route sends nothing by it. Where none speaks, only time can tell. What is told of parents that the spec no longer
 * names, nobody will ever bring up to date.
 */
function isTaken(live: UnknownObject): boolean {
  const generation = live.metadata.generation ?? 0;
  const named = objectsAt(objectAt(live, 'spec'), 'parentRefs').map((ref) => textAt(ref, 'name'));
  const words = objectsAt(objectAt(live, 'status'), 'parents')
    .filter((parent) => {
      const name = textAt(objectAt(parent, 'parentRef'), 'name');
      return name === undefined || named.includes(name);
    })
    .flatMap((parent) => objectsAt(parent, 'conditions'))
    .filter((condition) => textAt(condition, 'type') === 'Accepted');
  const isSeen = words.every(
    (condition) => (numberAt(condition, 'observedGeneration') ?? generation) >= generation,
  );
  return isSeen && (words.length === 0 || words.some((condition) => textAt(condition, 'status') !== 'False'));
}
