import type { Course } from '../course.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import type { TrafficRecord } from './record.js';

/** The two Services of a strategy, by name; absent when the spec names none. */
export interface BackendNames {
  readonly stable: string | undefined;
  readonly canary: string | undefined;
}

type Named = Pick<CanarySettings, 'stableService' | 'canaryService' | 'pingPong'>;

/** Whether the Services change roles at a promotion. Two Services with fixed roles are preferred when all four are named. */
function isPingPong({ stableService, canaryService, pingPong }: Named): boolean {
  return pingPong !== undefined && (stableService === undefined || canaryService === undefined);
}

/** Which Service is the stable one now, and which the canary's. */
export function backendNames(settings: Named, course: Pick<Course, 'stablePingPong'>): BackendNames {
  const { stableService, canaryService, pingPong } = settings;
  if (pingPong === undefined || !isPingPong(settings))
    return { stable: stableService, canary: canaryService };
  const { pingService, pongService } = pingPong;
  return course.stablePingPong === 'ping'
    ? { stable: pingService, canary: pongService }
    : { stable: pongService, canary: pingService };
}

/**
 * A promotion under ping-pong: the Service that has all the traffic is the stable one from now on. Nothing in the
 * cluster changes; only what we call the two sides does, and so every weight of the record changes sides.
 */
export function swapped(
  settings: Pick<CanarySettings, 'stableService' | 'canaryService' | 'pingPong' | 'maxWeight'>,
  { stablePingPong, traffic, weights }: Pick<Course, 'stablePingPong' | 'traffic' | 'weights'>,
): Partial<Course> {
  if (!isPingPong(settings)) return {};
  return {
    stablePingPong: stablePingPong === 'ping' ? 'pong' : 'ping',
    ...(traffic === undefined ? {} : { traffic: swapRecord(traffic, settings.maxWeight) }),
    ...(weights === undefined
      ? {}
      : { weights: { ...weights, canary: weights.stable, stable: weights.canary } }),
  };
}

function swapRecord(record: TrafficRecord, maxWeight: number): TrafficRecord {
  const { canaryHash, stableHash } = record;
  const rest = maxWeight - record.additional.reduce((sum, { weight }) => sum + weight, 0);
  return {
    ...record,
    wanted: rest - record.wanted,
    low: rest - record.high,
    high: rest - record.low,
    canaryHash: stableHash,
    stableHash: canaryHash,
  };
}
