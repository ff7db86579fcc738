import { Watchman } from '../laws/watchman.js';
import { shopObjects } from '../stories/shop.js';
import { createStoryWorld } from '../stories/world.js';
import { Disturber, type Disturbance } from './disturbance.js';
import { endState, followSteps, revisionsOf } from './ending.js';
import { playAct, type Release } from './releases.js';

/** How a release ended, and how it came there. */
export interface Ending {
  readonly state: unknown;
  readonly steps: readonly string[];
  readonly revisions: readonly string[];
  /** Laws of traffic and capacity that were broken on the way: requests that were dropped. */
  readonly broken: readonly string[];
  /** Writes of the release. */
  readonly writes: number;
  /** Troubles that came too late to disturb anything. */
  readonly left: number;
}

export interface Telling {
  readonly disturbances: readonly Disturbance[];
  /** How long the controller's cache lags behind the cluster. */
  readonly lagMs?: number;
}

/** Time for the last delays, and for a clock that went back half a minute. */
const restMs = 120_000;
/** A second of a clock that is a minute behind and makes it good within the hour. */
const hastyMs = 980;

/** Tells one release in virtual time, with what disturbs it. */
export async function tell(release: Release, { disturbances, lagMs = 0 }: Telling): Promise<Ending> {
  const disturber = new Disturber(disturbances);
  const world = createStoryWorld({
    objects: shopObjects(release.shop),
    isBare: true,
    lagMs,
    wrapKube: disturber.wrapKube,
    skewMs: disturber.skewMs,
  });
  const propagationMs = disturbances.some(({ trouble }) => trouble === 'clock ahead') ? hastyMs : 1000;
  const watchman = new Watchman(world.sandbox, { propagationMs, lagMs });
  await world.sandbox.clock.advance(20_000);
  const steps = followSteps(world);
  disturber.arm(world);
  for (const act of release.acts) await playAct(world, act);
  await world.sandbox.clock.advance(restMs);
  return {
    state: await endState(world),
    steps: steps(),
    revisions: await revisionsOf(world),
    broken: watchman.broken,
    writes: disturber.writes,
    left: disturber.left.length,
  };
}
