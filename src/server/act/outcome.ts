import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';

/** What came of an act, as the page answers it. */
export type ActOutcome =
  | { readonly status: 202; readonly id: string; readonly resourceVersion: string }
  | { readonly status: 404 | 409; readonly message: string };

/** What acts live on. */
export interface ActPorts {
  readonly cache: Cache;
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
}
