import type { UnknownObject } from '#api/k8s/meta.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import { missingSide, readRoute, sidesOf, weighRoute } from './destinations.js';
import { placeManagedRoutes } from './managed-routes.js';
import type { IstioConfig, VirtualServiceConfig } from './schema.js';
import { protocols, selectRoutes, type Protocol } from './select-routes.js';

export type VirtualServiceOutcome =
  | { readonly ok: true; readonly object: UnknownObject }
  /** `protocol`: the section with the fault; absent when there is none at all. */
  | { readonly ok: false; readonly protocol?: Protocol; readonly message: string };

/** The virtual service as it shall be; everything that the split does not own is kept as it is. */
export function weighVirtualService(
  config: IstioConfig,
  entry: VirtualServiceConfig,
  request: TrafficRequest,
  live: UnknownObject,
): VirtualServiceOutcome {
  const spec = objectAt(live, 'spec');
  const selection = selectRoutes(entry, spec, request.managedRoutes);
  if (!selection.ok) return selection;
  const sides = sidesOf(config, request);
  const next: Record<string, unknown> = { ...spec };
  for (const protocol of protocols) {
    const picked = selection.indexes[protocol];
    if (picked.length === 0) continue;
    const routes = objectsAt(spec, protocol);
    const fault = picked
      .map((i) => missingSide(sides, routes[i] ?? {}))
      .find((message) => message !== undefined);
    if (fault !== undefined) return { ok: false, protocol, message: fault };
    const weighed = routes.map((route, i) =>
      picked.includes(i) ? weighRoute(sides, request, route) : route,
    );
    const primary = weighed[picked[0] ?? 0] ?? {};
    next[protocol] =
      protocol === 'http'
        ? placeManagedRoutes(sides, weighed, primary, request.routes, request.managedRoutes)
        : weighed;
  }
  return { ok: true, object: { ...live, spec: next } };
}

/**
 * What every split route of the virtual service says; a message when it cannot be read or its routes disagree.
 * `routes` is absent when it has no http section, which alone can hold managed routes.
 */
export function readVirtualService(
  config: IstioConfig,
  entry: VirtualServiceConfig,
  request: TrafficRequest,
  live: UnknownObject,
): { readonly canary: number; readonly stable: number; readonly routes?: readonly string[] } | string {
  const spec = objectAt(live, 'spec');
  const selection = selectRoutes(entry, spec, request.managedRoutes);
  if (!selection.ok) return selection.message;
  const sides = sidesOf(config, request);
  const readings = protocols.flatMap((protocol) =>
    selection.indexes[protocol].map((i) => objectsAt(spec, protocol)[i] ?? {}),
  );
  const fault = readings.map((route) => missingSide(sides, route)).find((message) => message !== undefined);
  if (fault !== undefined) return fault;
  const [first, ...others] = readings.map((route) => readRoute(sides, route));
  if (first === undefined) return 'no route carries the split';
  if (others.some((other) => other.canary !== first.canary || other.stable !== first.stable))
    return 'the routes disagree on the weight';
  const names = objectsAt(spec, 'http').map((route) => textAt(route, 'name') ?? '');
  const routes = names.filter((name) => request.managedRoutes.includes(name));
  return names.length === 0 ? first : { ...first, routes };
}
