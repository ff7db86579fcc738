import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { instantOf } from '#core/time/instant.js';
import { healthOf } from './health.js';

const now = instantOf(Date.parse('2026-01-01T00:01:00Z'));

/** A row: apiVersion/kind, the object's other fields, the health that is expected. */
type Row = readonly [kind: string, fields: object, status: string, message?: string];

const ready = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const available = { type: 'Available', status: 'True' };
const progressed = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };
const crashing = [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } } }];

const rows: readonly Row[] = [
  ['v1 ConfigMap', {}, 'Current'],
  ['x.io/v1 Thing', {}, 'Current'],
  ['x.io/v1 Thing', { metadata: { deletionTimestamp: 'x' } }, 'Terminating'],
  ['x.io/v1 Thing', { metadata: { generation: 2 }, status: { observedGeneration: 1 } }, 'InProgress'],
  [
    'x.io/v1 Thing',
    { status: { conditions: [{ type: 'Reconciling', status: 'True', message: 'm' }] } },
    'InProgress',
    'm',
  ],
  [
    'x.io/v1 Thing',
    { status: { conditions: [{ type: 'Stalled', status: 'True', message: 'm' }] } },
    'Failed',
    'm',
  ],
  [
    'x.io/v1 Thing',
    { status: { conditions: [{ type: 'Ready', status: 'False', message: 'm' }] } },
    'InProgress',
    'm',
  ],
  ['x.io/v1 Thing', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, 'Current'],
  ['apps/v1 Deployment', { spec: { replicas: 2 }, status: { ...ready, conditions: [available] } }, 'Current'],
  [
    'apps/v1 Deployment',
    { spec: { replicas: 2 }, status: { ...ready, availableReplicas: 1, conditions: [available] } },
    'InProgress',
    'Available: 1/2',
  ],
  ['apps/v1 Deployment', { spec: { replicas: 1 }, status: ready }, 'InProgress', 'Pending termination: 1/2'],
  [
    'apps/v1 Deployment',
    { spec: { replicas: 2, progressDeadlineSeconds: 9 }, status: { ...ready, conditions: [available] } },
    'InProgress',
    'ReplicaSet not Available',
  ],
  [
    'apps/v1 Deployment',
    {
      spec: { replicas: 2, progressDeadlineSeconds: 9 },
      status: { ...ready, conditions: [available, progressed] },
    },
    'Current',
  ],
  [
    'apps/v1 Deployment',
    {
      status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
    },
    'Failed',
  ],
  ['apps/v1 StatefulSet', { spec: { replicas: 2, updateStrategy: { type: 'OnDelete' } } }, 'Current'],
  [
    'apps/v1 StatefulSet',
    { spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: 1 } },
    'InProgress',
    'Ready: 1/2',
  ],
  [
    'apps/v1 StatefulSet',
    {
      spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      status: { replicas: 2, readyReplicas: 2, updatedReplicas: 1 },
    },
    'Current',
  ],
  [
    'apps/v1 StatefulSet',
    {
      spec: { replicas: 1 },
      status: {
        replicas: 1,
        readyReplicas: 1,
        currentReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
    },
    'InProgress',
  ],
  ['apps/v1 DaemonSet', { metadata: { generation: 1 } }, 'InProgress'],
  [
    'apps/v1 DaemonSet',
    { metadata: { generation: 1 }, status: { observedGeneration: 1, desiredNumberScheduled: 0 } },
    'Current',
  ],
  [
    'apps/v1 ReplicaSet',
    {
      spec: { replicas: 1 },
      status: { replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1 },
    },
    'Current',
  ],
  [
    'apps/v1 ReplicaSet',
    { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'quota' }] } },
    'InProgress',
    'quota',
  ],
  ['v1 Pod', { status: { phase: 'Succeeded' } }, 'Current'],
  ['v1 Pod', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, 'Current'],
  [
    'v1 Pod',
    { status: { phase: 'Running', containerStatuses: crashing } },
    'Failed',
    'containers in CrashLoop state: c',
  ],
  ['v1 Pod', { status: { phase: 'Pending' } }, 'InProgress'],
  [
    'v1 Pod',
    {
      metadata: { creationTimestamp: '2026-01-01T00:00:50Z' },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
      },
    },
    'InProgress',
  ],
  [
    'v1 Pod',
    {
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
      },
    },
    'Failed',
  ],
  ['v1 Pod', {}, 'InProgress'],
  ['v1 PersistentVolumeClaim', { status: { phase: 'Bound' } }, 'Current'],
  ['v1 PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'InProgress'],
  ['v1 Service', { spec: { type: 'LoadBalancer' } }, 'InProgress'],
  ['v1 Service', { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1' } }, 'Current'],
  ['batch/v1 Job', {}, 'InProgress', 'Job not started'],
  ['batch/v1 Job', { status: { startTime: 'x' } }, 'InProgress', 'Job in progress'],
  ['batch/v1 Job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }, 'Current'],
  [
    'batch/v1 Job',
    { status: { conditions: [{ type: 'Failed', status: 'True', message: 'm' }] } },
    'Failed',
    'Job Failed: m',
  ],
  ['batch/v1 Job', { spec: { suspend: true } }, 'Current'],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', {}, 'InProgress'],
  [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    { status: { conditions: [{ type: 'NamesAccepted', status: 'False', message: 'm' }] } },
    'Failed',
    'm',
  ],
  [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    { status: { conditions: [{ type: 'Established', status: 'True' }] } },
    'Current',
  ],
  [
    'argoproj.io/v1alpha1 Rollout',
    { metadata: { generation: 2 }, status: { observedGeneration: '1', phase: 'Healthy' } },
    'InProgress',
  ],
  [
    'argoproj.io/v1alpha1 Rollout',
    {
      metadata: { generation: 2 },
      status: {
        observedGeneration: '1',
        phase: 'Degraded',
        conditions: [{ type: 'Stalled', status: 'True', message: 'm' }],
      },
    },
    'InProgress',
    'the Rollout controller has not seen this generation yet',
  ],
  [
    'argoproj.io/v1alpha1 Rollout',
    {
      metadata: { generation: 2, annotations: { 'rollout.argoproj.io/workload-generation': '5' } },
      spec: { workloadRef: { kind: 'Deployment', name: 'x' } },
      status: { observedGeneration: '2', workloadObservedGeneration: '4', phase: 'Healthy' },
    },
    'InProgress',
    'waiting for rollout spec update to be observed for the reference workload',
  ],
  [
    'argoproj.io/v1alpha1 Rollout',
    { metadata: { generation: 2 }, status: { observedGeneration: '2', phase: 'Healthy' } },
    'Current',
  ],
  [
    'argoproj.io/v1alpha1 Rollout',
    {
      metadata: { generation: 2 },
      status: { observedGeneration: '2', phase: 'Paused', message: 'CanaryPauseStep' },
    },
    'InProgress',
    'CanaryPauseStep',
  ],
  [
    'argoproj.io/v1alpha1 Rollout',
    { metadata: { generation: 2 }, status: { observedGeneration: '2', phase: 'Degraded', message: 'm' } },
    'Failed',
    'm',
  ],
];

describe('health of an object', () => {
  for (const [type, fields, status, message] of rows) {
    const [apiVersion = '', kind = ''] = type.split(' ');
    it(`of ${kind} ${JSON.stringify(fields)} is ${status}`, () => {
      const { metadata, ...rest } = { metadata: {}, ...fields };
      const object: UnknownObject = { apiVersion, kind, metadata: { name: 'x', ...metadata }, ...rest };
      const health = healthOf(object, { now });
      expect(health.status).to.equal(status);
      if (message !== undefined) expect(health.message).to.equal(message);
    });
  }
  it('of nothing is NotFound', () => expect(healthOf(undefined, { now }).status).to.equal('NotFound'));
});
