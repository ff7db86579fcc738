import { isObject } from '#core/json/json.js';
import { numberAt, objectAt } from '#core/json/read.js';
import { instantOf, type Instant } from '#core/time/instant.js';
import { wholeGrid, type GridInterval } from './evidence/evidence.js';
import { noLikelihoods, type Likelihoods } from './evidence/likelihood.js';
import type { SignCounts } from './evidence/mean-signs.js';
import { noClusters, type Clusters, type ClusteredSides } from './clusters.js';
import { readHistory, storeHistory, type History } from './report/history.js';
import type { SideCounts } from './sample.js';

/** What is decided stays; only a canary that was good enough may turn out worse. */
export type Decided = 'worse' | 'good';

/** All that is known of a comparison, of fixed size however long it takes. */
export interface ComparisonState {
  readonly startedAt: Instant;
  /** Intervals counted in. */
  readonly looks: number;
  /** Sums over those in which both sides had requests. */
  readonly canary: SideCounts;
  readonly baseline: SideCounts;
  /** The canary's part of the requests in the last of these. */
  readonly share: number;
  /** The side that had no request in the last interval. */
  readonly missing: 'canary' | 'baseline' | undefined;
  /** Empty unless requests are clustered. */
  readonly clusters: ClusteredSides;
  readonly likelihoods: Likelihoods;
  readonly signs: SignCounts;
  readonly possible: GridInterval;
  readonly history: History;
  readonly decided?: Decided;
  /** Intervals in a row in which a source gave no numbers. */
  readonly errors: number;
}

/** A comparison that begins now. */
export function beginComparison(now: Instant): ComparisonState {
  const none: SideCounts = { events: 0, total: 0 };
  return {
    startedAt: now,
    looks: 0,
    canary: none,
    baseline: none,
    share: 0,
    missing: undefined,
    clusters: noClusters,
    likelihoods: noLikelihoods,
    signs: {},
    possible: wholeGrid,
    history: [],
    errors: 0,
  };
}

const version = 1;

/** The state as text that {@link parseState} reads. */
export function formatState(state: ComparisonState): string {
  const { startedAt, looks, canary, baseline, share, missing, signs, possible, decided, errors } = state;
  const { clusters, likelihoods, history } = state;
  const isClustered = Object.keys({ ...clusters.canary, ...clusters.baseline }).length > 0;
  return JSON.stringify({
    version,
    startedAt,
    looks,
    canary,
    baseline,
    share,
    missing,
    likelihoods: likelihoods.map((value) => Number(value.toFixed(9))),
    signs,
    possible,
    decided,
    errors,
    ...(isClustered ? { clusters: mapSides(clusters, storeClusters) } : {}),
    history: storeHistory(history),
  });
}

function mapSides<T>({ canary, baseline }: ClusteredSides, change: (side: Clusters) => T) {
  return { canary: change(canary), baseline: change(baseline) };
}

function storeClusters(side: Clusters): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(side).map(([key, { events, total }]) => [key, [events, total]]));
}

/** `undefined` for a text that is no state. */
export function parseState(text: string): ComparisonState | undefined {
  const stored = parseJson(text);
  const likelihoods = isObject(stored) ? numbersOf(stored['likelihoods']) : [];
  const startedAt = numberAt(stored, 'startedAt');
  const isKnown = numberAt(stored, 'version') === version && likelihoods.length === noLikelihoods.length;
  if (!isKnown || startedAt === undefined) return undefined;
  const { decided, missing, history } = isObject(stored) ? stored : {};
  const possible = objectAt(stored, 'possible');
  return {
    startedAt: instantOf(startedAt),
    looks: numberAt(stored, 'looks') ?? 0,
    canary: countsAt(stored, 'canary'),
    baseline: countsAt(stored, 'baseline'),
    share: numberAt(stored, 'share') ?? 0,
    missing: missing === 'canary' || missing === 'baseline' ? missing : undefined,
    clusters: clustersAt(stored),
    likelihoods,
    signs: Object.fromEntries(
      Object.entries(objectAt(stored, 'signs')).flatMap(([place, count]) =>
        typeof count === 'number' ? [[place, count]] : [],
      ),
    ),
    possible: {
      low: numberAt(possible, 'low') ?? wholeGrid.low,
      high: numberAt(possible, 'high') ?? wholeGrid.high,
    },
    history: readHistory(history),
    ...(decided === 'worse' || decided === 'good' ? { decided } : {}),
    errors: numberAt(stored, 'errors') ?? 0,
  };
}

function countsAt(stored: unknown, side: string): SideCounts {
  const counts = objectAt(stored, side);
  return { events: numberAt(counts, 'events') ?? 0, total: numberAt(counts, 'total') ?? 0 };
}

function clustersAt(stored: unknown): ClusteredSides {
  if (!isObject(stored) || !isObject(stored['clusters'])) return noClusters;
  const sides = objectAt(stored, 'clusters');
  return { canary: readClusters(sides['canary']), baseline: readClusters(sides['baseline']) };
}

function readClusters(side: unknown): Clusters {
  if (!isObject(side)) return {};
  return Object.fromEntries(
    Object.entries(side).map(([key, counts]) => {
      const [events = 0, total = 0] = numbersOf(counts);
      return [key, { events, total }];
    }),
  );
}

function numbersOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is no JSON is no state either.
    return undefined;
  }
}
