import type { Life } from '../life.js';
import type { TrafficRouter } from '../routers/router.js';

/** One way through a release, told to a Rollout that is Healthy with v1 and under load. */
export interface Scenario {
  readonly name: string;
  /** What happens, for the table. */
  readonly title: string;
  /** Part of the short form. */
  readonly isShort?: true;
  /** Takes longer than the others, so it is begun first. */
  readonly isLong?: true;
  /** Fields of the canary; a scenario has either these or those of a blue-green release. */
  canary?(router: TrafficRouter): object;
  readonly blueGreen?: object;
  run(life: Life): Promise<void>;
}

/** Weights, each with a pause that a person ends. */
export function weights(...all: readonly number[]): readonly object[] {
  return all.flatMap((setWeight) => [{ setWeight }, { pause: {} }]);
}
