import type { Clock } from '#ports/clock.js';

/** What every metric source is made with. */
export interface MetricSourceDeps {
  readonly clock: Clock;
  /** The environment of the process, for instance `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
