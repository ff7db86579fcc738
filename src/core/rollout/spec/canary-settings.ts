import type { CanaryStep, CanaryStrategy, Rollout, TrafficRouting } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { IntOrString } from '#api/k8s/meta.js';

/** The canary strategy with every default put in. */
export interface CanarySettings {
  readonly steps: readonly CanaryStep[];
  readonly stableService: string | undefined;
  readonly canaryService: string | undefined;
  /** Two Services that change roles at each promotion, instead of the two above. */
  readonly pingPong: CanaryStrategy['pingPong'];
  readonly routing: TrafficRouting | undefined;
  /** What weights are parts of: 100 unless `maxTrafficWeight` says otherwise. */
  readonly maxWeight: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly minPods: number;
  readonly isDynamicStableScale: boolean;
  /** Seconds that a ReplicaSet keeps its pods after it lost its traffic. */
  readonly scaleDownDelaySeconds: number;
  readonly scaleDownDelayRevisionLimit: number;
  /** `undefined`: never scaled down after an abort. */
  readonly abortScaleDownDelaySeconds: number | undefined;
  readonly isAbortDelayExplicit: boolean;
  readonly progressThreshold: { readonly type: 'Percent' | 'Pods'; readonly value: number } | undefined;
}

/** The settings of a canary with this many replicas. */
export function canarySettings(strategy: CanaryStrategy, replicas: number): CanarySettings {
  const routing = strategy.trafficRouting;
  const threshold = strategy.replicaProgressThreshold;
  const bounds = surgeAndUnavailable(strategy.maxSurge, strategy.maxUnavailable, replicas);
  const abortDelay = strategy.abortScaleDownDelaySeconds ?? 30;
  return {
    steps: strategy.steps ?? [],
    stableService: named(strategy.stableService),
    canaryService: named(strategy.canaryService),
    pingPong: strategy.pingPong,
    routing,
    maxWeight: routing?.maxTrafficWeight ?? 100,
    ...bounds,
    minPods: routing === undefined ? 0 : Math.min(strategy.minPodsPerReplicaSet ?? 0, replicas),
    isDynamicStableScale: routing !== undefined && strategy.dynamicStableScale === true,
    scaleDownDelaySeconds: strategy.scaleDownDelaySeconds ?? (routing === undefined ? 0 : 30),
    scaleDownDelayRevisionLimit: strategy.scaleDownDelayRevisionLimit ?? Number.POSITIVE_INFINITY,
    abortScaleDownDelaySeconds: abortDelay === 0 ? undefined : abortDelay,
    isAbortDelayExplicit: strategy.abortScaleDownDelaySeconds !== undefined,
    progressThreshold: threshold !== undefined && threshold.value >= 0 ? threshold : undefined,
  };
}

/**
 * `spec.replicas`. When somebody took it out of the manifest it stays what it was, as the ReplicaSets note it: an
 * autoscaler's number must not fall to 1. 1 for a Rollout that never had any.
 */
export function desiredReplicas(rollout: Rollout, replicaSets: readonly ReplicaSet[]): number {
  return rollout.spec.replicas ?? notedReplicas(rollout, replicaSets) ?? 1;
}

function notedReplicas({ status }: Rollout, replicaSets: readonly ReplicaSet[]): number | undefined {
  const stable = replicaSets.find(
    ({ metadata }) => metadata.labels?.[labels.podTemplateHash] === status?.stableRS,
  );
  const noted = stable?.metadata.annotations?.[annotations.desiredReplicas];
  return noted === undefined || !/^\d+$/.test(noted) ? undefined : Number(noted);
}

/**
 * Both bounds in pods. A percentage of surge rounds up, of unavailability down; any text is a percentage. When rounding
 * leaves nothing of either, one pod may be unavailable, or nothing could ever move.
 */
export function surgeAndUnavailable(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  replicas: number,
): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const surge = podsOf(maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = podsOf(maxUnavailable ?? '25%', replicas, Math.floor);
  if (surge === 0 && unavailable === 0) return { maxSurge: 0, maxUnavailable: Math.min(1, replicas) };
  return { maxSurge: surge, maxUnavailable: Math.min(unavailable, replicas) };
}

function podsOf(value: IntOrString, replicas: number, round: (pods: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(value, 10);
  return Number.isNaN(percent) ? 0 : round((percent * replicas) / 100);
}

function named(name: string | undefined): string | undefined {
  return name === '' ? undefined : name;
}
