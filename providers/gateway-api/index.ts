import type { ObjectReference, TrafficProvider } from '../contract.js';
import { namespaceOf } from './find-routes.js';
import { ownedByGatewayApi } from './owned.js';
import { planGatewayApi } from './plan.js';
import { readGatewayApi } from './read.js';
import { gatewayApiSchema, namedRoutes, plugin, routeKinds, type GatewayApiConfig } from './schema.js';
import { validateGatewayApi, validateRoutes } from './validate.js';

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
