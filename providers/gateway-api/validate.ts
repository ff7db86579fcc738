import { findUnknownFields } from '#api/schema/unknown-fields.js';
import { compileValidator } from '#api/schema/validate.js';
import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import type { SpecProblem } from '../contract.js';
import { findRoutes } from './find-routes.js';
import { problemOf } from './plan.js';
import { gatewayApiSchema, namedRoutes, plugin, routeKinds, type GatewayApiConfig } from './schema.js';

const path = `plugins.${plugin}`;
const fits = compileValidator(gatewayApiSchema);

/** The first problem of the configuration, which no definition checks: all that stands under `plugins` is free. */
export function validateGatewayApi(config: GatewayApiConfig): SpecProblem | undefined {
  const [unknown] = findUnknownFields(gatewayApiSchema, config);
  if (unknown !== undefined)
    return { path: `${path}.${unknown}`, value: unknown, message: 'this build of Sluice has no such option' };
  const [misfit] = fits(config);
  if (misfit !== undefined)
    return { path: misfit.path === '' ? path : `${path}.${misfit.path}`, value: '', message: misfit.message };
  const isSelecting = routeKinds.some((of) => config[of.selector] !== undefined);
  if (isSelecting || namedRoutes(config).length > 0) return undefined;
  const some = routeKinds.flatMap((of) => [of.one, of.many, of.selector]).join(', ');
  return { path, value: '', message: `No routes configured. At least one of ${some} must be set` };
}

/** The first problem of the routes: one that is missing, or that cannot be split. */
export function validateRoutes(
  config: GatewayApiConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): SpecProblem | undefined {
  if (request.stable.service === '' || request.canary.service === '')
    return { path, value: '', message: 'stableService and canaryService must be set: routes name Services' };
  const routes = findRoutes(config, request, observed);
  if ('message' in routes) return { path, value: routes.object ?? '', message: routes.message };
  for (const route of routes) {
    const message = problemOf(route, request);
    if (message !== undefined) return { path, value: route.live.metadata.name, message };
  }
  return undefined;
}
