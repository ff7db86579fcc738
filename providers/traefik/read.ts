import { numberAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import type { TraefikConfig } from './schema.js';
import { findWeighted } from './weighted.js';

/** The weights as written; Traefik takes a missing one for 1. */
export function readTraefik(
  config: TraefikConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficReading {
  const found = findWeighted(config, request, observed);
  if ('message' in found) return { kind: 'unknown', why: found.message };
  const canary = numberAt(found.canary, 'weight');
  const stable = numberAt(found.stable, 'weight');
  if (canary === undefined || stable === undefined) {
    return { kind: 'unknown', why: `TraefikService ${config.weightedTraefikServiceName} has no weights yet` };
  }
  return { kind: 'weights', canary, stable, routes: [] };
}
