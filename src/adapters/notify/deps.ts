import type { Clock } from '#ports/clock.js';
import type { AddressGuard } from './http/exchange.js';

/** What every notifier is made with. */
export interface NotifierDeps {
  readonly clock: Clock;
  /** Which addresses may not be asked; absent: any may. */
  readonly guard?: AddressGuard;
}
