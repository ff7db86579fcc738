import type { TrafficProvider } from './contract.js';

/** Every traffic provider, in the order in which they are driven. One line adds one. */
export const trafficProviders: readonly TrafficProvider[] = [];
