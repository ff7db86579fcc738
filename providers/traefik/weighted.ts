import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import { traefikService, type TraefikConfig } from './schema.js';

/** The two entries of a TraefikService that a release is about. */
export interface Weighted {
  readonly live: UnknownObject;
  readonly services: readonly JsonObject[];
  readonly canary: JsonObject;
  readonly stable: JsonObject;
}

/** Why there are no such entries, in the peer's words where it has some. */
export interface Unweighted {
  readonly message: string;
}

/** The first entries that name the Services of the request. */
export function findWeighted(
  config: TraefikConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): Weighted | Unweighted {
  const { namespace } = request.rollout;
  const name = config.weightedTraefikServiceName;
  const live = observed.get(traefikService.group, traefikService.kind, namespace, name);
  if (live === undefined) return { message: `traefikservices.traefik.io "${name}" not found` };
  const weighted = objectAt(objectAt(live, 'spec'), 'weighted');
  if (!Array.isArray(weighted['services']))
    return { message: 'spec.weighted.services was not found in traefik service manifest' };
  const services = objectsAt(weighted, 'services');
  const named = (service: string) => services.find((entry) => textAt(entry, 'name') === service);
  const canary = named(request.canary.service);
  if (canary === undefined) return { message: 'traefik canary service was not found' };
  const stable = named(request.stable.service);
  if (stable === undefined) return { message: 'traefik stable service was not found' };
  return { live, services, canary, stable };
}
