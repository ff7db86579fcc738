import type { TrafficProvider } from './contract.js';
import { istio } from './istio/index.js';
import { nginx } from './nginx/index.js';

/** Every traffic provider, in the order in which they are driven. One line adds one. */
export const trafficProviders: readonly TrafficProvider[] = [istio, nginx];
