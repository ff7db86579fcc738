import { isObject } from '#core/json/json.js';
import { numberAt, objectAt, textAt, textsAt } from '#core/json/read.js';

/**
 * The way of the last written traffic to the proxies, kept in `status.traffic` so that a restart waits no less than it
 * must. Moments are RFC 3339 with milliseconds.
 */
export interface TrafficRecord {
  /** The canary weight that was written last. */
  readonly wanted: number;
  /** Lowest and highest canary weight that some proxy may still apply; both `wanted` once confirmed. */
  readonly low: number;
  readonly high: number;
  readonly canaryHash: string;
  readonly stableHash: string;
  /** Names of the header and mirror routes that were written. */
  readonly routes: readonly string[];
  /** When a pass first saw what was written in the cluster; absent while it was not seen. */
  readonly writtenAt?: string;
  /** When every proxy had it, by the router's propagation time. Absent: not yet. */
  readonly confirmedAt?: string;
}

/** By Service: since when its endpoints are the ready pods of its selector's hash, and only those. */
export type ServiceRecords = Readonly<Record<string, ServiceRecord>>;

export interface ServiceRecord {
  readonly hash: string;
  readonly seenAt?: string;
}

/** The record as it was stored; `undefined` when there is none that can be read. */
export function parseTrafficRecord(stored: unknown): TrafficRecord | undefined {
  const wanted = numberAt(stored, 'wanted');
  if (!isObject(stored) || wanted === undefined) return undefined;
  const writtenAt = textAt(stored, 'writtenAt');
  const confirmedAt = textAt(stored, 'confirmedAt');
  return {
    wanted,
    low: numberAt(stored, 'low') ?? wanted,
    high: numberAt(stored, 'high') ?? wanted,
    canaryHash: textAt(stored, 'canaryHash') ?? '',
    stableHash: textAt(stored, 'stableHash') ?? '',
    routes: textsAt(stored, 'routes'),
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
  };
}

/** What was stored about Services; nothing when it cannot be read. */
export function parseServiceRecords(stored: unknown): ServiceRecords {
  return Object.fromEntries(
    Object.entries(objectAt(stored, 'services')).map(([name, entry]) => {
      const seenAt = textAt(entry, 'seenAt');
      return [name, { hash: textAt(entry, 'hash') ?? '', ...(seenAt === undefined ? {} : { seenAt }) }];
    }),
  );
}
