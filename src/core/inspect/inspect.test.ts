import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { instantOf } from '#core/time/instant.js';
import { podIcon } from './icons.js';
import { podState } from './pod-state.js';
import { replicaSetNode, roleTags } from './replica-set-node.js';
import { runNode } from './run-node.js';
import { actualWeightOf, setWeightOf } from './weights.js';

const now = instantOf(Date.parse('2026-01-02T03:12:00Z'));
const nothing = { replicaSets: [], pods: [], runs: [], experiments: [], now };

function podWith(status: object, more: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', ...more },
    spec: { containers: [{ name: 'web' }, { name: 'proxy' }], initContainers: [{ name: 'init' }] },
    status,
  };
}

const runningWeb = { name: 'web', ready: true, restartCount: 2, state: { running: {} } };
const waiting = (reason: string) => ({
  phase: 'Pending',
  containerStatuses: [
    runningWeb,
    { name: 'proxy', ready: false, restartCount: 1, state: { waiting: { reason } } },
  ],
});
const ended = (terminated: object) => ({
  phase: 'Running',
  containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: { terminated } }],
});
const initial = (state: object) => ({
  phase: 'Pending',
  initContainerStatuses: [{ name: 'init', restartCount: 4, state }],
});

describe('states of pods, as kubectl words them', () => {
  for (const [name, pod, reason, icon] of [
    ['running', podWith({ phase: 'Running', containerStatuses: [runningWeb] }), 'Running', '✔'],
    ['without an image', podWith(waiting('ImagePullBackOff')), 'ImagePullBackOff', '⚠'],
    ['with a bad image', podWith(waiting('ErrImagePull')), 'ErrImagePull', '⚠'],
    ['that crashes', podWith(waiting('CrashLoopBackOff')), 'CrashLoopBackOff', '✖'],
    ['that begins', podWith(waiting('ContainerCreating')), 'ContainerCreating', '◌'],
    ['that ended badly', podWith(ended({ exitCode: 3 })), 'ExitCode:3', '✖'],
    ['that was killed', podWith(ended({ exitCode: 137, signal: 9 })), 'Signal:9', '✖'],
    ['that is out of memory', podWith(ended({ reason: 'OOMKilled', exitCode: 137 })), 'OOMKilled', ' '],
    ['that initializes', podWith(initial({ running: {} })), 'Init:0/1', '◌'],
    ['whose init container fails', podWith(initial({ terminated: { exitCode: 1 } })), 'Init:ExitCode:1', '◌'],
    ['that is evicted', podWith({ phase: 'Failed', reason: 'Evicted' }), 'Evicted', ' '],
    [
      'that ends',
      podWith({ phase: 'Running' }, { deletionTimestamp: '2026-01-02T03:11:00Z' }),
      'Terminating',
      '◌',
    ],
  ] as const)
    it(`a pod ${name}: ${reason}`, () => {
      expect(podState(pod).reason).to.equal(reason);
      expect(podIcon(reason)).to.equal(icon);
    });
  it('counts ready containers and restarts', () => {
    expect(podState(podWith(waiting('x')))).to.include({ ready: 1, containers: 2, restarts: 3 });
    expect(podState(podWith(initial({ running: {} })))).to.include({ ready: 0, restarts: 4 });
  });
});

function rolloutWith(strategy: object, status: object): Rollout {
  return {
    metadata: { name: 'web', uid: 'r' },
    spec: { strategy },
    status: { stableRS: 'a', currentPodHash: 'b', ...status },
  } as unknown as Rollout;
}

function setOf(
  hash: string,
  more: object = {},
  annotations: Readonly<Record<string, string>> = {},
): ReplicaSet {
  return {
    metadata: {
      name: `web-${hash}`,
      generation: 1,
      labels: { 'rollouts-pod-template-hash': hash },
      ownerReferences: [{ controller: true, uid: 'r' }],
      annotations,
    },
    spec: { replicas: 2 },
    status: { observedGeneration: 1, replicas: 2, availableReplicas: 2 },
    ...more,
  } as unknown as ReplicaSet;
}

describe('ReplicaSets in the tree', () => {
  const pingPong = { canary: { pingPong: { pingService: 'p', pongService: 'q' } } };
  const bg = { blueGreen: { activeSelector: 'a', previewSelector: 'b' } };
  for (const [name, rollout, tagsOfStable, tagsOfNew] of [
    ['canary', rolloutWith({ canary: {} }, {}), ['stable'], ['canary']],
    ['a settled canary', rolloutWith({ canary: {} }, { stableRS: 'b' }), [], ['stable']],
    ['ping-pong, pong is stable', rolloutWith(pingPong, {}), ['stable', 'pong'], ['canary', 'ping']],
    [
      'ping-pong, ping is stable',
      rolloutWith(pingPong, { canary: { stablePingPong: 'ping' } }),
      ['stable', 'ping'],
      ['canary', 'pong'],
    ],
    ['blue-green', rolloutWith({ blueGreen: {} }, bg), ['stable', 'active'], ['preview']],
  ] as const)
    it(`have the roles of ${name}`, () => {
      expect(roleTags(rollout, setOf('a'))).to.deep.equal(tagsOfStable);
      expect(roleTags(rollout, setOf('b'))).to.deep.equal(tagsOfNew);
      expect(roleTags(rollout, setOf('z'))).to.deep.equal([]);
    });
  for (const [name, more, health] of [
    ['all available', {}, '✔ Healthy'],
    ['none wanted', { spec: { replicas: 0 } }, '• ScaledDown'],
    ['too few', { spec: { replicas: 3 } }, '◌ Progressing'],
    ['not observed', { status: { observedGeneration: 0, availableReplicas: 2 } }, '◌ Progressing'],
    [
      'refused',
      { status: { observedGeneration: 1, conditions: [{ type: 'ReplicaFailure', status: 'True' }] } },
      '✖ ReplicaFailure',
    ],
  ] as const)
    it(`${name}: ${health}`, () => {
      const { status } = replicaSetNode(setOf('a', more), nothing);
      expect(`${status?.icon ?? ''} ${status?.text ?? ''}`).to.equal(health);
    });
  it('say how long their delay lasts', () => {
    const delayed = (deadline: string) =>
      replicaSetNode(setOf('a', {}, { 'scale-down-deadline': deadline }), nothing).info;
    expect(delayed('2026-01-02T07:12:00Z')).to.deep.equal(['delay:4h']);
    expect(delayed('2026-01-02T03:11:00Z')).to.deep.equal(['delay:passed']);
  });
});

describe('weights of a canary', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }];
  const routed = { canary: { steps, trafficRouting: { nginx: {}, maxTrafficWeight: 200 } } };
  for (const [name, strategy, status, wanted, actual] of [
    ['before its first weight', { canary: { steps: [{ pause: {} }] } }, { currentStepIndex: 0 }, 0, 0],
    ['by pods', { canary: { steps } }, { currentStepIndex: 1, availableReplicas: 6 }, 20, 33],
    ['aborted', { canary: { steps } }, { abort: true, currentStepIndex: 0 }, 0, 0],
    ['past its steps', { canary: { steps } }, { currentStepIndex: 3 }, 100, 100],
    ['without steps', { canary: {} }, {}, 100, 100],
    ['past its steps, of 200', routed, { currentStepIndex: 3 }, 200, 200],
    ['told nothing yet', routed, { currentStepIndex: 2, availableReplicas: 4 }, 60, 60],
    [
      'told less than is wanted',
      routed,
      { currentStepIndex: 2, canary: { weights: { canary: { weight: 20 }, stable: { weight: 180 } } } },
      60,
      20,
    ],
  ] as const)
    it(`${name}: ${wanted}, ${actual}`, () => {
      const rollout = rolloutWith(strategy, status);
      expect(setWeightOf(rollout)).to.equal(wanted);
      expect(actualWeightOf(rollout, { ...nothing, replicaSets: [setOf('a'), setOf('b')] })).to.equal(actual);
    });
});

describe('runs in the tree', () => {
  it('count their measurements, and name the Jobs that measured', () => {
    const job = {
      metadata: { 'job-name': 'u.load.1' },
      phase: 'Successful',
      startedAt: '2026-01-02T03:10:00Z',
    };
    const run = {
      metadata: { name: 'web-1' },
      spec: { metrics: [] },
      status: {
        phase: 'Inconclusive',
        metricResults: [
          { name: 'a', successful: 3, failed: 4, inconclusive: 1, measurements: [{ phase: 'Failed' }] },
          { name: 'load', successful: 1, error: 1, measurements: [job] },
        ],
      },
    } as unknown as AnalysisRun;
    const node = runNode(run, now);
    expect(node.status).to.deep.equal({ icon: '?', text: 'Inconclusive' });
    expect(node.info).to.deep.equal(['✔ 4', '✖ 4', '? 1', '⚠ 1']);
    expect(node.children).to.deep.equal([
      {
        kind: 'Job',
        name: 'u.load.1',
        status: { icon: '✔', text: 'Successful' },
        age: '2m',
        info: [],
        children: [],
      },
    ]);
  });
});
