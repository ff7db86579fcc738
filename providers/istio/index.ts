import type { Kind } from '#api/kinds.js';
import type { ObjectReference, TrafficProvider } from '../contract.js';
import { ownedByIstio } from './owned.js';
import { releaseIstio, istioGroup, planIstio } from './plan.js';
import { readIstio } from './read.js';
import { istioSchema, locate, virtualServicesOf, type IstioConfig } from './schema.js';
import { validateIstio, validateIstioReferences } from './validate.js';

const version = 'v1alpha3';
const virtualService: Kind = {
  group: istioGroup,
  version,
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};
const destinationRule: Kind = {
  group: istioGroup,
  version,
  kind: 'DestinationRule',
  plural: 'destinationrules',
  namespaced: true,
};
const verbs = ['get', 'list', 'watch', 'update', 'patch'] as const;

/** Istio virtual services, split by host or by the subsets of a destination rule; behaviour follows Argo Rollouts 1.9. */
export const istio: TrafficProvider<IstioConfig> = {
  id: 'istio',
  type: 'Istio',
  capabilities: {
    weights: true,
    headerRoutes: true,
    mirrorRoutes: true,
    additionalDestinations: true,
    maxTrafficWeight: false,
    pingPong: true,
    subsets: true,
    confirm: 'wait',
    propagationMs: 1000,
  },
  watches: [
    { kind: virtualService, optional: true, verbs },
    { kind: destinationRule, optional: true, verbs },
  ],
  schema: istioSchema,
  references: (config, namespace) => {
    const services = virtualServicesOf(config).map((entry): ObjectReference => ({
      kind: virtualService,
      ...locate(entry.name, namespace),
    }));
    const rule = config.destinationRule;
    return rule === undefined
      ? services
      : [...services, { kind: destinationRule, namespace, name: rule.name }];
  },
  owns: ownedByIstio,
  validate: validateIstio,
  validateReferences: validateIstioReferences,
  plan: planIstio,
  read: readIstio,
  release: releaseIstio,
};
