import type { Scenario } from './scenario.js';
import { dynamic, routesAndScale, zeroDelays } from './settings.js';
import { crashes, deletion, kill, restart, scaling } from './troubles.js';
import { abort, blueGreen, promote, promoteFull, third, undo } from './ways.js';

/** All of them, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  promote,
  promoteFull,
  abort,
  undo,
  third,
  blueGreen,
  scaling,
  crashes,
  deletion,
  dynamic,
  zeroDelays,
  kill,
  restart,
  routesAndScale,
];
