import type { Kind } from '#api/kinds.js';
import type { Door } from '../load.js';

/** Names of the two Services of every canary, and of the one of a blue-green release. */
export const names = { rollout: 'web', stable: 'web-stable', canary: 'web-canary', active: 'web-active' };

/** A data plane that the proof is made on. */
export interface TrafficRouter {
  readonly id: string;
  /** Kinds of its routes: writes to them shift traffic. */
  readonly routeKinds: readonly Kind[];
  /** Header routes can be made by a step. */
  readonly hasHeaderRoutes: boolean;
  /** Routes that split between the two Services of a canary. */
  canaryRoutes(host: string): readonly any[];
  /** A route to one Service. */
  plainRoutes(host: string, service: string): readonly any[];
  /** `strategy.canary.trafficRouting` for {@link canaryRoutes}. */
  readonly trafficRouting: object;
  /** Fields of `strategy.canary` that it needs beside; default are the two Services. */
  readonly backends?: object;
  door(host: string): Promise<Door>;
}
