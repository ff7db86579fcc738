import type { OwnedField } from '#core/traffic/owned-field.js';
import { namespaceOf } from './find-routes.js';
import { namedRoutes, progressLabel, type GatewayApiConfig } from './schema.js';

/** Weights, managed rules and the label of the routes that are named; those found by label are not known here. */
export function ownedByGatewayApi(
  config: GatewayApiConfig,
  ofRollout: string,
  _rolloutName: string,
  managedRoutes: readonly string[],
): readonly OwnedField[] {
  const label = progressLabel(config)?.[0];
  const paths = [
    '/spec/rules/*/backendRefs/*/weight',
    ...managedRoutes.map((name) => `/spec/rules/name=${name}`),
    ...(label === undefined ? [] : [`/metadata/labels/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`]),
  ];
  return namedRoutes(config).map(({ of, name }) => ({
    group: of.kind.group,
    kind: of.kind.kind,
    namespace: namespaceOf(config, ofRollout),
    name,
    paths,
  }));
}
