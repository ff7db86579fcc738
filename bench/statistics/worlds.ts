import type { World } from './counts.js';
import type { ForecastWorld } from './forecast.js';
import type { MeanWorld } from './means.js';

const always = (ratio: number) => (): number => ratio;
const slowStart = (look: number): number => (look <= 5 ? 3 : 1);
const base = { looks: 60, events: 10, share: 0.2, pods: [1, 1], ratio: always(1) } as const;
const long = { sideVariance: 0.1, keeps: 0.9 } as const;

/** The comparison beside other judges, and what it does not hold in. */
export const countWorlds: readonly World[] = [
  { ...base, name: 'no difference, 60 looks' },
  { ...base, name: 'no difference, 200 looks', looks: 200 },
  { ...base, name: 'half as often', ratio: always(0.5) },
  { ...base, name: '1.5 times as often', ratio: always(1.5) },
  { ...base, name: 'twice as often', ratio: always(2) },
  { ...base, name: '3 times as often', ratio: always(3) },
  { ...base, name: '1.5 times as often, tolerance 1.5', ratio: always(1.5), settings: { tolerance: 1.5 } },
  { ...base, name: 'no difference, each side varies by itself (variance 0.1)', sideVariance: 0.1 },
  { ...base, name: 'the same, and it stays for long (0.9)', ...long },
  { ...base, name: 'the same with tolerance 1.5', ...long, settings: { tolerance: 1.5 } },
  { ...base, name: 'no difference, failures in bundles of 5', bundle: 5 },
  { ...base, name: 'the same with tolerance 2', bundle: 5, settings: { tolerance: 2 } },
  { ...base, name: 'no difference after a slow start (3 times, 5 looks)', ratio: slowStart },
  { ...base, name: 'the same with warmUp over 5 looks', ratio: slowStart, settings: { warmUp: '5m' } },
];

const pods = { ...base, pods: [2, 8] } as const;
const many = { ...base, pods: [5, 15], share: 0.25 } as const;

/** Worlds of pods that differ by themselves, each judged without and with `clusterBy`. */
export const podWorlds: readonly World[] = [
  { ...pods, name: '2 and 8 equal pods, no difference' },
  { ...pods, name: '2 and 8 pods that differ (variance 0.1), no difference', podVariance: 0.1 },
  { ...pods, name: 'the same, 200 looks', podVariance: 0.1, looks: 200 },
  { ...pods, name: '2 and 8 pods, anew at each look (variance 0.5), no difference', podNoise: 0.5 },
  { ...base, name: '1 and 9 pods (variance 0.1), no difference', pods: [1, 9], share: 0.1, podVariance: 0.1 },
  { ...base, name: '1 and 4 pods (variance 0.1), no difference', pods: [1, 4], podVariance: 0.1 },
  { ...many, name: '5 and 15 pods (variance 0.1), no difference, 200 looks', podVariance: 0.1, looks: 200 },
  { ...pods, name: '2 and 8 pods, failures in bundles of 5, no difference', bundle: 5 },
  {
    ...pods,
    name: '2 and 8 pods (variance 0.02), 1.5 times as often',
    podVariance: 0.02,
    ratio: always(1.5),
  },
  { ...pods, name: '2 and 8 pods (variance 0.02), twice as often', podVariance: 0.02, ratio: always(2) },
  { ...pods, name: '2 and 8 pods (variance 0.02), 3 times as often', podVariance: 0.02, ratio: always(3) },
  {
    ...many,
    name: '5 and 15 pods (variance 0.02), 1.5 times as often',
    podVariance: 0.02,
    ratio: always(1.5),
  },
  { ...many, name: '5 and 15 pods (variance 0.02), twice as often', podVariance: 0.02, ratio: always(2) },
  { ...base, name: '1 and 4 equal pods, 3 times as often', pods: [1, 4], ratio: always(3) },
];

const mean = { looks: 60, canary: 20, baseline: 80, tail: 1, ratio: 1 } as const;

/** Means of latencies with long tails. */
export const meanWorlds: readonly MeanWorld[] = [
  { ...mean, name: 'no difference, canary 20 of 100 requests' },
  { ...mean, name: 'no difference, 200 looks', looks: 200 },
  { ...mean, name: 'no difference, 100 requests each', canary: 100, baseline: 100 },
  { ...mean, name: 'no difference, canary 80 of 100 requests', canary: 80, baseline: 20 },
  { ...mean, name: 'the same, 10 times the requests', canary: 800, baseline: 200 },
  { ...mean, name: '1.2 times as long', ratio: 1.2 },
  { ...mean, name: '1.5 times as long', ratio: 1.5 },
  { ...mean, name: 'twice as long', ratio: 2 },
];

/** What `requestsNeeded` says after five looks, against what a decision then took. */
export const forecastWorlds: readonly ForecastWorld[] = [
  { name: 'equal canary, after 5 looks', ratio: 1, askedAfter: 5 },
  { name: '1.5 times as often, after 5 looks', ratio: 1.5, askedAfter: 5 },
  { name: 'twice as often, after 5 looks', ratio: 2, askedAfter: 5 },
];
