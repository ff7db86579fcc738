import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';

/** The Rollout `web` of the namespace `shop`: two replicas, revision 2 on its way from revision 1. */
export interface ReleaseParts {
  readonly status?: Rollout['status'];
  readonly spec?: Partial<Rollout['spec']>;
  readonly name?: string;
  /** Ready pods of revision 2, which has one; default 1. */
  readonly ready?: 0 | 1;
}

export function buildRelease(parts: ReleaseParts = {}): readonly KubeObject[] {
  const rollout = releaseOf(parts);
  return [
    rollout,
    ...podsOf({ owner: rollout, revision: 1, hash: 'aaaa', desired: 2, ready: 2 }),
    ...podsOf({ owner: rollout, revision: 2, hash: 'bbbb', desired: 1, ready: parts.ready ?? 1 }),
  ];
}

function releaseOf({ status, spec, name = 'web' }: ReleaseParts): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      namespace: 'shop',
      annotations: { 'rollout.argoproj.io/revision': '2' },
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image: 'web:2' }] },
      },
      strategy: {
        canary: {
          steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: '10m' } }],
        },
      },
      ...spec,
    },
    status: {
      observedGeneration: '1',
      phase: 'Progressing',
      message: 'more replicas need to be updated',
      stableRS: 'aaaa',
      currentPodHash: 'bbbb',
      currentStepIndex: 0,
      ...status,
    },
  };
}

interface Pods {
  readonly owner: Rollout;
  readonly revision: number;
  readonly hash: string;
  readonly desired: number;
  readonly ready: number;
}

function podsOf({ owner, revision, hash, desired, ready }: Pods): readonly KubeObject[] {
  const { name } = owner.metadata;
  const labels = { app: name, 'rollouts-pod-template-hash': hash };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'web', image: `web:${revision}` }] },
  };
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...controlledBy(owner),
      name: `${name}-${hash}`,
      labels,
      annotations: { 'rollout.argoproj.io/revision': String(revision) },
    },
    spec: { replicas: desired, selector: { matchLabels: labels }, template },
    status: { replicas: desired, readyReplicas: ready, availableReplicas: ready, observedGeneration: 1 },
  };
  const pods = Array.from({ length: desired }, (_, i): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...controlledBy(set), name: `${set.metadata.name}-${i}`, labels },
    spec: template.spec,
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: i < ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'web', ready: i < ready, restartCount: 0, state: { running: {} } }],
    },
  }));
  return [set, ...pods];
}

const paused = '2026-01-02T03:05:00Z';
const failedAt = '2026-01-02T03:11:20Z';

/** Statuses in which a person looks at a Rollout. */
export const releaseStatuses = {
  paused: {
    phase: 'Paused',
    message: 'CanaryPauseStep',
    currentStepIndex: 1,
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: paused }],
  },
  undecided: {
    phase: 'Paused',
    message: 'InconclusiveAnalysisRun',
    currentStepIndex: 1,
    controllerPause: true,
    pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: paused }],
    canary: { currentStepAnalysisRunStatus: { name: 'web-bbbb-2-1', status: 'Inconclusive' } },
  },
  aborted: {
    phase: 'Degraded',
    message: 'RolloutAborted: Rollout aborted update to revision 2: Metric "success-rate" assessed Failed',
    abort: true,
    abortedAt: failedAt,
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'RolloutAborted',
        message:
          'Rollout aborted update to revision 2: Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)',
        lastTransitionTime: failedAt,
        lastUpdateTime: failedAt,
      },
    ],
  },
  healthy: { phase: 'Healthy', message: '', stableRS: 'bbbb', currentStepIndex: 4 },
  preview: {
    phase: 'Paused',
    message: 'BlueGreenPause',
    controllerPause: true,
    pauseConditions: [{ reason: 'BlueGreenPause', startTime: paused }],
    blueGreen: { activeSelector: 'aaaa', previewSelector: 'bbbb' },
  },
} as const satisfies Record<string, Rollout['status']>;

/** An analysis run of the second revision with one metric. */
export function buildRun(phase: string, values: readonly number[]): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      ...controlledBy(releaseOf({})),
      name: 'web-bbbb-2-1',
      labels: { 'rollouts-pod-template-hash': 'bbbb', 'rollout-type': 'Step', 'step-index': '1' },
    },
    spec: {
      metrics: [
        {
          name: 'success-rate',
          interval: '10s',
          count: 5,
          successCondition: 'result[0] >= 0.95',
          provider: { prometheus: { query: 'up' } },
        },
      ],
    },
    status: {
      phase,
      startedAt: '2026-01-02T03:11:00Z',
      metricResults: [
        {
          name: 'success-rate',
          phase,
          count: values.length,
          successful: values.filter((value) => value >= 0.95).length,
          failed: values.filter((value) => value < 0.95).length,
          measurements: values.map((value, i) => ({
            phase: value >= 0.95 ? 'Successful' : 'Failed',
            startedAt: `2026-01-02T03:11:${i}0Z`,
            finishedAt: `2026-01-02T03:11:${i}0Z`,
            value: `[${value}]`,
          })),
        },
      ],
    },
  } as unknown as AnalysisRun;
}

function controlledBy(owner: KubeObject): KubeObject['metadata'] {
  return {
    name: '',
    namespace: 'shop',
    ownerReferences: [
      {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        name: owner.metadata.name,
        uid: '',
        controller: true,
      },
    ],
  };
}
