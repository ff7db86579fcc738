import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';

/** What every controller is given by whoever runs it: the runtime in production, the sandbox's engine in virtual time. */
export interface ControllerDeps {
  /** For `observe`: watched state, own writes included. */
  readonly cache: Cache;
  /** For `execute`: what it writes is seen in `cache` at once; it throws NotLeader once the lease is lost. */
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventRecorder;
}
