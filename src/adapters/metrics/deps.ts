import type { Clock } from '#ports/clock.js';
import type { Plugins } from '#ports/plugin-host.js';

/** What every metric source is made with. */
export interface MetricSourceDeps {
  readonly clock: Clock;
  /** The environment of the process, for instance `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: no plugin is configured. */
  readonly plugins?: Plugins;
}
