import type { CanaryStrategy, RolloutStatus } from '#api/argoproj/rollout.js';
import { isObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';

/** Pods beside stable and canary that get a share of their own. */
export type ExtraDestination = TrafficRequest['additional'][number];

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
  /** Templates of experiments that were written with a weight of their own. */
  readonly additional: readonly ExtraDestination[];
  /** When a pass first saw what was written in the cluster; absent while it was not seen. */
  readonly writtenAt?: string;
  /** When every proxy had it, by the router's propagation time and word. Absent: not yet. */
  readonly confirmedAt?: string;
  /** The proxies are learning of other hashes: until they have, no weight may move. */
  readonly isRehashed?: boolean;
  /** Whether the data plane says that it applies this; absent when no router can tell. */
  readonly verified?: boolean;
}

/** The part of a canary strategy that traffic was shifted by: with it the traffic can be taken back when the spec says otherwise. */
export type RoutingMemory = Pick<
  CanaryStrategy,
  'stableService' | 'canaryService' | 'pingPong' | 'dynamicStableScale' | 'trafficRouting'
>;

/** By Service. */
export type ServiceRecords = Readonly<Record<string, ServiceRecord>>;

export interface ServiceRecord {
  readonly hash: string;
  /** Since when its endpoints are the ready pods of its selector's hash, and only those; absent while they are not. */
  readonly seenAt?: string;
  /** Without `seenAt`: since when its selector says this hash, as far as it is known. */
  readonly movedAt?: string;
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
    additional: objectsAt(stored, 'additional').map((extra) => ({
      service: textAt(extra, 'service') ?? '',
      podTemplateHash: textAt(extra, 'podTemplateHash') ?? '',
      weight: numberAt(extra, 'weight') ?? 0,
    })),
    ...(stored['isRehashed'] === true ? { isRehashed: true } : {}),
    ...(typeof stored['verified'] === 'boolean' ? { verified: stored['verified'] } : {}),
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
  };
}

/** What was stored about Services; nothing when it cannot be read. */
export function parseServiceRecords(stored: unknown): ServiceRecords {
  return Object.fromEntries(
    Object.entries(objectAt(stored, 'services')).map(([name, entry]) => {
      const seenAt = textAt(entry, 'seenAt');
      const movedAt = textAt(entry, 'movedAt');
      const moments = {
        ...(seenAt === undefined ? {} : { seenAt }),
        ...(movedAt === undefined ? {} : { movedAt }),
      };
      return [name, { hash: textAt(entry, 'hash') ?? '', ...moments }];
    }),
  );
}

/** What the status keeps of the traffic; `undefined` when there is nothing to keep. */
export function storedTraffic(
  record: TrafficRecord | undefined,
  services: ServiceRecords,
  routedBy: RoutingMemory | undefined,
): RolloutStatus['traffic'] {
  const { additional = [], ...known } = record ?? {};
  const kept = {
    ...known,
    ...(additional.length === 0 ? {} : { additional }),
    ...(Object.keys(services).length === 0 ? {} : { services }),
    ...(routedBy === undefined ? {} : { routedBy }),
  };
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** How traffic was shifted last; `undefined` while nobody but stable gets any. */
export function parseRoutingMemory(stored: unknown): RoutingMemory | undefined {
  const memory = isObject(stored) ? stored['routedBy'] : undefined;
  return isObject(memory) ? memory : undefined;
}
