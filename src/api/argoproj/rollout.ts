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
  replicas: Type.Optional(int32({ description: 'Pods wanted. 1 when absent.' })),
  selector: Type.Optional(
    Type.Unsafe<Static<typeof labelSelectorSchema>>({
      ...labelSelectorSchema,
      ...celRules({ rule: 'self == oldSelf', message: '.spec.selector is immutable' }),
    }),
  ),
  template: Type.Optional(podTemplateSchema),
  workloadRef: Type.Optional(workloadRefSchema),
  minReadySeconds: Type.Optional(
    int32({
      description: 'Seconds that a new pod must be ready before it counts as available. 0 when absent.',
    }),
  ),
  revisionHistoryLimit: Type.Optional(
    int32({ description: 'Old ReplicaSets that are kept for a rollback. 10 when absent.' }),
  ),
  progressDeadlineSeconds: Type.Optional(
    int32({
      description:
        'Seconds without progress after which an update counts as stuck. 600 when absent; more than minReadySeconds.',
    }),
  ),
  progressDeadlineAbort: Type.Optional(
    Type.Boolean({ description: 'Aborts an update that is stuck, instead of only saying so.' }),
  ),
  paused: Type.Optional(Type.Boolean({ description: 'Holds everything where it is.' })),
  restartAt: Type.Optional(
    time({ description: 'Pods that are older than this moment are replaced, a few at a time.' }),
  ),
  rollbackWindow: Type.Optional(
    Type.Object({
      revisions: Type.Optional(
        int32({ description: 'A rollback over fewer revisions than this skips steps, pauses and analyses.' }),
      ),
    }),
  ),
  analysis: Type.Optional(
    Type.Object({
      successfulRunHistoryLimit: Type.Optional(
        int32({ description: 'Successful runs and experiments that are kept. 5 when absent.' }),
      ),
      unsuccessfulRunHistoryLimit: Type.Optional(
        int32({ description: 'Other finished runs and experiments that are kept. 5 when absent.' }),
      ),
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
