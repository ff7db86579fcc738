import type { OwnedField } from '#core/traffic/owned-field.js';
import { managedByAnnotation, podTemplateHashLabel } from './destination-rule.js';
import { istioGroup } from './plan.js';
import { locate, virtualServicesOf, type IstioConfig } from './schema.js';

/** Weights and managed routes of the virtual services, hashes and mark of the destination rule. */
export function ownedByIstio(
  config: IstioConfig,
  namespace: string,
  _rolloutName: string,
  managedRoutes: readonly string[],
): readonly OwnedField[] {
  const weights = ['http', 'tls', 'tcp'].map((section) => `/spec/${section}/*/route/*/weight`);
  const routes = managedRoutes.map((name) => `/spec/http/name=${name}`);
  const services = virtualServicesOf(config).map((entry) => ({
    group: istioGroup,
    kind: 'VirtualService',
    ...locate(entry.name, namespace),
    paths: [...weights, ...routes],
  }));
  const rule = config.destinationRule;
  if (rule === undefined) return services;
  const paths = [
    `/spec/subsets/*/labels/${podTemplateHashLabel}`,
    `/metadata/annotations/${managedByAnnotation.replaceAll('/', '~1')}`,
  ];
  return [...services, { group: istioGroup, kind: 'DestinationRule', namespace, name: rule.name, paths }];
}
