import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { Wait } from '#core/decision/decision.js';
import type { Instant } from '#core/time/instant.js';

/** What the API server keeps of an event about an object. */
export interface KubeEvent extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject?: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly source?: { readonly component?: string };
}

/** Everything that a projection of one Rollout may look at; plain data, so page, terminal and API agree. */
export interface ViewInput {
  readonly rollout: Rollout;
  /** Controlled by the Rollout. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Controlled by one of the ReplicaSets. */
  readonly pods: readonly Pod[];
  /** Controlled by the Rollout. */
  readonly runs: readonly AnalysisRun[];
  readonly events: readonly KubeEvent[];
  /** What the controller said in its last pass, when it is at hand. */
  readonly waits: readonly Wait[];
  readonly now: Instant;
}

/** A view input in which only the Rollout must be given. */
export function viewInputOf(
  given: Pick<ViewInput, 'rollout' | 'now'> & Partial<Omit<ViewInput, 'rollout' | 'now'>>,
): ViewInput {
  return { replicaSets: [], pods: [], runs: [], events: [], waits: [], ...given };
}
