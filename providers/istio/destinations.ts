import type { JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import type { IstioConfig } from './schema.js';

/** Which side of the split a destination belongs to. */
type Side = 'canary' | 'stable' | 'kept' | 'foreign';

export interface Sides {
  readonly canaryService: string;
  readonly stableService: string;
  readonly canarySubset?: string;
  readonly stableSubset?: string;
  readonly keptSubsets: readonly string[];
}

export function sidesOf(config: IstioConfig, request: TrafficRequest): Sides {
  const rule = config.destinationRule;
  return {
    canaryService: request.canary.service,
    stableService: request.stable.service,
    keptSubsets: rule?.additionalSubsetNames ?? [],
    ...(rule === undefined
      ? {}
      : { canarySubset: rule.canarySubsetName, stableSubset: rule.stableSubsetName }),
  };
}

/** A destination belongs to a side by its subset, or by the first DNS label of its host. */
function sideOf(sides: Sides, weighted: JsonObject): Side {
  const destination = objectAt(weighted, 'destination');
  const subset = textAt(destination, 'subset') ?? '';
  const host = (textAt(destination, 'host') ?? '').split('.')[0] ?? '';
  if (subset !== '') {
    if (subset === sides.canarySubset) return 'canary';
    if (subset === sides.stableSubset) return 'stable';
    if (sides.keptSubsets.includes(subset)) return 'kept';
  }
  if (host !== '' && host === sides.canaryService) return 'canary';
  if (host !== '' && host === sides.stableService) return 'stable';
  return 'foreign';
}

/** What is missing in a managed route, in the peer's words; `undefined` when both sides are there. */
export function missingSide(sides: Sides, route: JsonObject): string | undefined {
  const found = objectsAt(route, 'route').map((weighted) => sideOf(sides, weighted));
  if (!found.includes('canary')) {
    return sides.canarySubset === undefined
      ? `Canary Service '${sides.canaryService}' not found in route`
      : `Canary DestinationRule subset '${sides.canarySubset}' not found in route`;
  }
  if (!found.includes('stable')) {
    return sides.stableSubset === undefined
      ? `Stable Service '${sides.stableService}' not found in route`
      : `Stable DestinationRule subset '${sides.stableSubset}' not found in route`;
  }
  return undefined;
}

/**
 * The route with the wanted weights. Order is kept; subsets that the user declared as additional keep their weight;
 * any other destination is dropped unless its weight was 0 already (as Argo Rollouts does, its #3125).
 */
export function weighRoute(sides: Sides, request: TrafficRequest, route: JsonObject): JsonObject {
  const experiments = new Set(request.additional.map((backend) => backend.service));
  const current = objectsAt(route, 'route');
  const kept = current
    .filter((weighted) => sideOf(sides, weighted) === 'kept')
    .reduce((sum, weighted) => sum + (numberAt(weighted, 'weight') ?? 0), 0);
  const extra = request.additional.reduce((sum, backend) => sum + backend.weight, 0);
  const stable = Math.max(0, 100 - request.canaryWeight - extra - kept);
  const weighed = current.flatMap((weighted): JsonObject[] => {
    switch (sideOf(sides, weighted)) {
      case 'canary':
        return [{ ...weighted, weight: request.canaryWeight }];
      case 'stable':
        return [{ ...weighted, weight: stable }];
      case 'kept':
        return [weighted];
      case 'foreign':
        return isIdle(weighted) && !experiments.has(hostLabel(weighted)) ? [weighted] : [];
    }
  });
  const added = request.additional.map((backend) => ({
    destination: { host: backend.service },
    weight: backend.weight,
  }));
  return { ...route, route: [...weighed, ...added] };
}

/** The weights of a route as written: a missing weight counts 0, or 100 when it is the only destination. */
export function readRoute(
  sides: Sides,
  route: JsonObject,
): { readonly canary: number; readonly stable: number } {
  const destinations = objectsAt(route, 'route');
  const total = (side: Side): number =>
    destinations
      .filter((weighted) => sideOf(sides, weighted) === side)
      .reduce(
        (sum, weighted) => sum + (numberAt(weighted, 'weight') ?? (destinations.length === 1 ? 100 : 0)),
        0,
      );
  return { canary: total('canary'), stable: total('stable') };
}

/** The destination of the canary alone, with the port of the route's first destination. */
export function canaryDestination(sides: Sides, route: JsonObject): JsonObject {
  const destinations = objectsAt(route, 'route');
  const canary = destinations.find((weighted) => sideOf(sides, weighted) === 'canary');
  const port = objectAt(destinations[0], 'destination')['port'];
  const host = textAt(objectAt(canary, 'destination'), 'host') ?? sides.canaryService;
  return {
    host,
    ...(sides.canarySubset === undefined ? {} : { subset: sides.canarySubset }),
    ...(port === undefined ? {} : { port }),
  };
}

function isIdle(weighted: JsonObject): boolean {
  return (numberAt(weighted, 'weight') ?? 0) === 0;
}

function hostLabel(weighted: JsonObject): string {
  return (textAt(objectAt(weighted, 'destination'), 'host') ?? '').split('.')[0] ?? '';
}
