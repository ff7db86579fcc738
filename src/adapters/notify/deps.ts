import type { Clock } from '#ports/clock.js';

/** What every notifier is made with. */
export interface NotifierDeps {
  readonly clock: Clock;
}
