import type { Deployment } from '#api/k8s/core-kinds.js';
import { numberAt, objectAt, textAt } from '#core/json/read.js';

/** The Deployment's settings with the API's defaults. */
export interface DeploymentSettings {
  readonly replicas: number;
  readonly isRecreate: boolean;
  /** Pods above `replicas` that may exist during an update. */
  readonly maxSurge: number;
  /** Pods below `replicas` that may be missing during an update. */
  readonly maxUnavailable: number;
  readonly minReadySeconds: number;
  readonly revisionHistoryLimit: number;
  readonly progressDeadlineSeconds: number;
  readonly isPaused: boolean;
}

export function readSettings({ spec }: Deployment): DeploymentSettings {
  const replicas = spec.replicas ?? 1;
  const strategy = objectAt(spec, 'strategy');
  const rolling = objectAt(strategy, 'rollingUpdate');
  const maxSurge = resolve(rolling.maxSurge, replicas, Math.ceil);
  const maxUnavailable = resolve(rolling.maxUnavailable, replicas, Math.floor);
  const isRecreate = textAt(strategy, 'type') === 'Recreate';
  return {
    replicas,
    isRecreate,
    maxSurge: isRecreate ? 0 : maxSurge,
    // Both zero would never move.
    maxUnavailable: Math.min(replicas, maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable),
    minReadySeconds: numberAt(spec, 'minReadySeconds') ?? 0,
    revisionHistoryLimit: numberAt(spec, 'revisionHistoryLimit') ?? 10,
    progressDeadlineSeconds: numberAt(spec, 'progressDeadlineSeconds') ?? 600,
    isPaused: spec.paused === true,
  };
}

/** A number, or a part of `replicas` in percent; absent means 25 %. */
function resolve(value: unknown, replicas: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? Number.parseFloat(value) : 25;
  return round((replicas * percent) / 100);
}
