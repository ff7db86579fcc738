import type { ClusterCounts } from './evidence/dispersion.js';
import type { SideCounts } from './sample.js';

/** Counts by cluster, under a short name each. */
export type Clusters = Readonly<Record<string, ClusterCounts>>;

/** The clusters of both sides. */
export interface ClusteredSides {
  readonly canary: Clusters;
  readonly baseline: Clusters;
}

export const noClusters: ClusteredSides = { canary: {}, baseline: {} };

/** More clusters a side are put together: their number bounds what is stored. */
const mostClusters = 40;

/** The clusters of a side with one interval counted in. */
export function addClusters(before: Clusters, interval: Readonly<Record<string, SideCounts>>): Clusters {
  return Object.entries(interval).reduce((clusters, [name, counts]) => {
    const key = keyOf(name, clusters);
    const known = clusters[key] ?? { events: 0, total: 0 };
    return {
      ...clusters,
      [key]: {
        events: rounded(known.events + counts.events),
        total: rounded(known.total + counts.total),
      },
    };
  }, before);
}

function keyOf(name: string, clusters: Clusters): string {
  const hash = hashOf(name);
  const key = hash.toString(36);
  const keys = Object.keys(clusters);
  if (Object.hasOwn(clusters, key) || keys.length < mostClusters) return key;
  return keys.toSorted()[hash % keys.length] ?? key;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  return new TextEncoder()
    .encode(text)
    .reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

/** Stored numbers are those that are counted with. */
function rounded(value: number): number {
  return Number(value.toFixed(3));
}
