import type { TrafficProvider } from '../contract.js';
import { planTraefik } from './plan.js';
import { readTraefik } from './read.js';
import { traefikSchema, traefikService, type TraefikConfig } from './schema.js';
import { findWeighted } from './weighted.js';

/** Weights of a TraefikService; behaviour follows Argo Rollouts 1.9, but it writes only what changes, and watches. */
export const traefik: TrafficProvider<TraefikConfig> = {
  id: 'traefik',
  type: 'Traefik',
  capabilities: {
    weights: true,
    headerRoutes: false,
    mirrorRoutes: false,
    additionalDestinations: false,
    maxTrafficWeight: false,
    pingPong: false,
    subsets: false,
    confirm: 'wait',
    needsEveryBackend: true,
    propagationMs: 3000,
  },
  watches: [{ kind: traefikService, optional: true, verbs: ['get', 'list', 'watch', 'update'] }],
  schema: traefikSchema,
  references: ({ weightedTraefikServiceName: name }, namespace) => [
    { kind: traefikService, namespace, name },
  ],
  owns: ({ weightedTraefikServiceName: name }, namespace) => [
    {
      group: traefikService.group,
      kind: traefikService.kind,
      namespace,
      name,
      paths: ['/spec/weighted/services/*/weight'],
    },
  ],
  validate: () => undefined,
  validateReferences: (config, request, observed) => {
    const found = findWeighted(config, request, observed);
    return 'message' in found
      ? {
          path: 'traefik.weightedTraefikServiceName',
          value: config.weightedTraefikServiceName,
          message: found.message,
        }
      : undefined;
  },
  plan: planTraefik,
  read: readTraefik,
  release: () => [],
};
