import { Type, type Static } from '@sinclair/typebox';
import type { Kind } from '#api/kinds.js';

/** `spec.strategy.canary.trafficRouting.traefik`. */
export const traefikSchema = Type.Object({
  /** A TraefikService of the Rollout's namespace that lists both Services under `spec.weighted.services`. */
  weightedTraefikServiceName: Type.String(),
});

export type TraefikConfig = Static<typeof traefikSchema>;

/** Of Traefik 3. */
export const traefikService: Kind = {
  group: 'traefik.io',
  version: 'v1alpha1',
  kind: 'TraefikService',
  plural: 'traefikservices',
  namespaced: true,
};
