import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { labelSelectorSchema } from '../schema/common.js';
import { celRules, int32, time, wordOf } from '../schema/dialect.js';
import { podTemplateSchema } from '../schema/pod-template.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { rolloutStatusSchema, type RolloutStatus } from './rollout-status.js';
import { rolloutStrategySchema } from './strategy.js';

export type * from './canary-step.js';
export type * from './rollout-analysis.js';
export type * from './rollout-status.js';
export type * from './strategy.js';
export type * from './traffic-routing.js';

/** The workload whose pod template a Rollout takes over. */
export const workloadRefSchema = Type.Object({
  apiVersion: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  scaleDown: Type.Optional(wordOf<'never' | 'onsuccess' | 'progressively'>()),
});
export type WorkloadRef = DeepReadonly<Static<typeof workloadRefSchema>>;

/** The spec of a Rollout; what an absent field means is said in rollout-defaults.ts. */
export const rolloutSpecSchema = Type.Object({
  replicas: Type.Optional(int32()),
  selector: Type.Optional(
    Type.Unsafe<Static<typeof labelSelectorSchema>>({
      ...labelSelectorSchema,
      ...celRules({ rule: 'self == oldSelf', message: '.spec.selector is immutable' }),
    }),
  ),
  template: Type.Optional(podTemplateSchema),
  workloadRef: Type.Optional(workloadRefSchema),
  minReadySeconds: Type.Optional(int32()),
  revisionHistoryLimit: Type.Optional(int32()),
  progressDeadlineSeconds: Type.Optional(int32()),
  progressDeadlineAbort: Type.Optional(Type.Boolean()),
  paused: Type.Optional(Type.Boolean()),
  restartAt: Type.Optional(time()),
  rollbackWindow: Type.Optional(Type.Object({ revisions: Type.Optional(int32()) })),
  analysis: Type.Optional(
    Type.Object({
      successfulRunHistoryLimit: Type.Optional(int32()),
      unsuccessfulRunHistoryLimit: Type.Optional(int32()),
    }),
  ),
  strategy: Type.Optional(rolloutStrategySchema),
});
export type RolloutSpec = DeepReadonly<Static<typeof rolloutSpecSchema>>;

export const rolloutSchema = Type.Object({
  spec: rolloutSpecSchema,
  status: Type.Optional(rolloutStatusSchema),
});

export interface Rollout extends KubeObject {
  readonly spec: RolloutSpec;
  readonly status?: RolloutStatus;
}
