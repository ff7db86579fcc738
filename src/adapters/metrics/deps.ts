import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import type { Plugins } from '#ports/plugin-host.js';
import type { CallHttp } from './http/call.js';

/** What every metric source is made with. */
export interface MetricSourceDeps {
  readonly clock: Clock;
  /** The environment of the process, for instance `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Every key of a Secret in the namespace of the controller, decoded; throws AppError Missing. There the profiles of
   * sources are kept, not in the namespace of the run. Absent: there is no such namespace.
   */
  readonly readSecret?: (name: string) => Promise<Readonly<Record<string, string>>>;
  /** How backends are asked. Absent: by a client of its own that may go everywhere. */
  readonly http?: CallHttp;
  /** The cluster in which Jobs run and whose metrics APIs are asked. Absent: there is none to ask. */
  readonly kube?: Kube;
  /**
   * Another cluster by the path of its kubeconfig, for `ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG`; throws AppError. Absent: there
   * is no way to another one.
   */
  readonly openCluster?: (kubeconfig: string) => Promise<Kube>;
  /** Absent: no plugin is configured. */
  readonly plugins?: Plugins;
}
