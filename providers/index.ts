import type { TrafficProvider } from './contract.js';
import { gatewayApi } from './gateway-api/index.js';
import { istio } from './istio/index.js';
import { nginx } from './nginx/index.js';
import { traefik } from './traefik/index.js';

/** Every traffic provider, in the order in which they are driven. One line adds one. */
export const trafficProviders: readonly TrafficProvider[] = [istio, nginx, traefik, gatewayApi];

/** The schemas of their parts of `trafficRouting`, by key; parts under `plugins` are free, as the peer has them. */
export const routerSchemas = Object.fromEntries(
  trafficProviders.filter(({ plugin }) => plugin === undefined).map(({ id, schema }) => [id, schema]),
);
