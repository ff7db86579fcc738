import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { CanaryStep } from '#api/argoproj/canary-step.js';
import type { CanaryStrategy } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { IntOrString } from '#api/k8s/meta.js';
import { canaryGoal } from '../canary/goal.js';
import { courseOf } from '../course.js';
import { factsOf } from '../facts.js';
import type { RolloutSnapshot } from '../snapshot.js';
import { canarySettings, surgeAndUnavailable } from '../spec/canary-settings.js';
import { basicLadder } from './basic-ladder.js';
import { basicSplit } from './basic-split.js';

type Pods = readonly [spec: number, available: number];

interface BasicVector {
  readonly replicas: number;
  readonly weight: number;
  readonly maxSurge?: IntOrString;
  readonly maxUnavailable?: IntOrString;
  readonly stable?: Pods;
  readonly canary: Pods;
  readonly old: Pods;
  readonly sizes: { readonly stable?: number; readonly canary: number };
}

interface RoutedVector extends Pick<CanaryStrategy, 'minPodsPerReplicaSet' | 'replicaProgressThreshold'> {
  readonly replicas: number;
  readonly steps: readonly CanaryStep[];
  readonly index: number;
  readonly promoteFull?: boolean;
  readonly canary: Pods;
  readonly pods: { readonly stable: number; readonly canary: number };
  readonly isReached: boolean;
}

const read = (file: string) =>
  readFileSync(`test/cases/capacity/${file}`, 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
const counts = ([spec, available]: Pods) => ({ spec, available });

describe('pods as the functions of the peer count them', () => {
  it('of a basic canary on its way (7.2, 7.3)', () => {
    for (const vector of read('basic.jsonl') as readonly BasicVector[]) {
      const { replicas, weight, stable, canary, old, sizes } = vector;
      const bounds = surgeAndUnavailable(vector.maxSurge, vector.maxUnavailable, replicas);
      const next = basicLadder({
        replicas,
        ...bounds,
        canary: counts(canary),
        stable: stable && counts(stable),
        others: counts(old),
        target: stable
          ? basicSplit(replicas, weight, 100, bounds.maxSurge > 0)
          : { canary: replicas, stable: 0 },
      });
      expect({ ...next, ...(stable ? {} : { stable: undefined }) }, JSON.stringify(vector)).to.deep.equal({
        stable: undefined,
        ...sizes,
      });
    }
  });

  it('of a routed canary in the end of a step, and when they are there (7.1, 7.4, 7.5)', () => {
    for (const vector of read('routed.jsonl') as readonly RoutedVector[]) {
      const { replicas, steps, index, canary, pods, isReached } = vector;
      const strategy = {
        steps,
        trafficRouting: { istio: { virtualService: { name: 'web' } } },
        ...(vector.minPodsPerReplicaSet === undefined
          ? {}
          : { minPodsPerReplicaSet: vector.minPodsPerReplicaSet }),
        ...(vector.replicaProgressThreshold === undefined
          ? {}
          : { replicaProgressThreshold: vector.replicaProgressThreshold }),
      };
      const status = {
        stableRS: 's',
        currentPodHash: 'n',
        currentStepIndex: index,
        ...(vector.promoteFull === true ? { promoteFull: true } : {}),
      };
      const sets = [replicaSet('s', [replicas, replicas]), replicaSet('n', canary)];
      const rollout = {
        metadata: { name: 'web' },
        spec: { replicas, strategy: { canary: strategy } },
        status,
      };
      // Only what the arithmetic looks at.
      const snapshot = { rollout, replicaSets: sets, services: {}, routers: [], experiments: [] };
      const facts = { ...factsOf(snapshot as unknown as RolloutSnapshot), newRS: sets[1], newHash: 'n' };
      const goal = canaryGoal(facts, canarySettings(strategy, replicas), courseOf(status));
      expect([goal.pods, goal.isCapacityReached], JSON.stringify(vector)).to.deep.equal([pods, isReached]);
    }
  });
});

function replicaSet(hash: string, [replicas, available]: Pods): ReplicaSet {
  const labels = { 'rollouts-pod-template-hash': hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: hash, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels } } },
    status: { replicas, availableReplicas: available },
  };
}
