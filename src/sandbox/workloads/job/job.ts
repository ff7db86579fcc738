import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import type { Condition, KubeObject } from '#api/k8s/meta.js';

/** What the Job controller reads and writes of a Job. */
export interface Job extends KubeObject {
  readonly spec: {
    readonly template: PodTemplateSpec;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimit?: number;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly suspend?: boolean;
  };
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly active?: number;
    readonly ready?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}
