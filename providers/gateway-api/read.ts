import type { UnknownObject } from '#api/k8s/meta.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import { isSplit, readRule } from './backends.js';
import { findRoutes, nameOfRoute, type FoundRoute } from './find-routes.js';
import { managedName } from './managed-rules.js';
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
  const named = new Set(
    routes.flatMap(({ live }) => rulesOf(live).map((rule) => managedName(request, rule))),
  );
  return {
    kind: 'weights',
    ...first.weights,
    routes: request.managedRoutes.filter((name) => named.has(name)),
    isVerified: routes.every(({ live }) => isTaken(live)),
  };
}

function weightsOf(route: FoundRoute, request: TrafficRequest) {
  return rulesOf(route.live)
    .filter((rule) => managedName(request, rule) === undefined && isSplit(request, rule))
    .map((rule) => ({ weights: readRule(request, rule), where: nameOfRoute(route) }));
}

function rulesOf(live: UnknownObject) {
  return objectsAt(objectAt(live, 'spec'), 'rules');
}

/** Every gateway that speaks in the status has seen this generation. Where none speaks, only time can tell. */
function isTaken(live: UnknownObject): boolean {
  const generation = live.metadata.generation ?? 0;
  return objectsAt(objectAt(live, 'status'), 'parents').every((parent) =>
    objectsAt(parent, 'conditions')
      .filter((condition) => textAt(condition, 'type') === 'Accepted')
      .every((condition) => (numberAt(condition, 'observedGeneration') ?? generation) >= generation),
  );
}
