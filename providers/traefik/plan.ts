import { isEqual, type JsonObject } from '#core/json/json.js';
import { objectAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficPlan, TrafficRequest } from '#core/traffic/request.js';
import type { TraefikConfig } from './schema.js';
import { findWeighted } from './weighted.js';

/** Weights of the two entries; everything else of the TraefikService stays as it is. */
export function planTraefik(
  config: TraefikConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficPlan {
  const name = config.weightedTraefikServiceName;
  const found = findWeighted(config, request, observed);
  if ('message' in found) {
    const object = `TraefikService/${request.rollout.namespace}/${name}`;
    const { message } = found;
    return { ok: false, problem: { reason: 'TraefikServiceUpdateError', message, object } };
  }
  const { live, services, canary, stable } = found;
  const weigh = (entry: JsonObject): JsonObject => {
    if (entry === canary) return { ...entry, weight: request.canaryWeight };
    return entry === stable ? { ...entry, weight: request.maxWeight - request.canaryWeight } : entry;
  };
  const spec = objectAt(live, 'spec');
  const weighted = { ...objectAt(spec, 'weighted'), services: services.map(weigh) };
  const object = { ...live, spec: { ...spec, weighted } };
  if (isEqual(live, object)) return { ok: true, changes: [] };
  const message = `TraefikService \`${name}\` set to desiredWeight '${request.canaryWeight}'`;
  return {
    ok: true,
    changes: [
      { change: 'update', object, event: { type: 'Normal', reason: 'UpdatedTraefikService', message } },
    ],
  };
}
