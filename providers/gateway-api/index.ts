import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import type { ObjectReference, SpecProblem, TrafficProvider } from '../contract.js';
import { findRoutes, namespaceOf } from './find-routes.js';
import { ownedByGatewayApi } from './owned.js';
import { planGatewayApi, problemOf } from './plan.js';
import { readGatewayApi } from './read.js';
import { gatewayApiSchema, namedRoutes, routeKinds, type GatewayApiConfig } from './schema.js';

const plugin = 'argoproj-labs/gatewayAPI';

/** Routes of the Gateway API, configured as for the plugin `argoproj-labs/gatewayAPI` 0.15 of Argo Rollouts, which is not needed. */
export const gatewayApi: TrafficProvider<GatewayApiConfig> = {
  id: 'gatewayAPI',
  plugin,
  type: 'GatewayAPI',
  capabilities: {
    weights: true,
    headerRoutes: true,
    mirrorRoutes: true,
    additionalDestinations: true,
    maxTrafficWeight: true,
    pingPong: true,
    subsets: false,
    confirm: 'status',
    propagationMs: 3000,
  },
  watches: routeKinds.map(({ kind }) => ({
    kind,
    optional: true,
    verbs: ['get', 'list', 'watch', 'update'],
  })),
  schema: gatewayApiSchema,
  references: (config, ofRollout) => {
    const namespace = namespaceOf(config, ofRollout);
    const named = namedRoutes(config).map(({ of, name }): ObjectReference => {
      return { kind: of.kind, namespace, name };
    });
    const selected = routeKinds.flatMap((of): readonly ObjectReference[] => {
      const selector = config[of.selector];
      return selector === undefined ? [] : [{ kind: of.kind, namespace, selector }];
    });
    return [...named, ...selected];
  },
  steers: ({
    disableInProgressLabel: _no,
    inProgressLabelKey: _key,
    inProgressLabelValue: _value,
    ...rest
  }) => rest,
  owns: ownedByGatewayApi,
  validate: validateGatewayApi,
  validateReferences: validateRoutes,
  plan: planGatewayApi,
  read: readGatewayApi,
  release: () => [],
};

function validateGatewayApi(config: GatewayApiConfig): SpecProblem | undefined {
  const isSelecting = routeKinds.some((of) => config[of.selector] !== undefined);
  if (isSelecting || namedRoutes(config).length > 0) return undefined;
  const some = routeKinds.flatMap((of) => [of.one, of.many, of.selector]).join(', ');
  return {
    path: `plugins.${plugin}`,
    value: '',
    message: `No routes configured. At least one of ${some} must be set`,
  };
}

function validateRoutes(
  config: GatewayApiConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): SpecProblem | undefined {
  const path = `plugins.${plugin}`;
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
