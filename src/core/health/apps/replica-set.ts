import { firstShortage, statusCount, wantedReplicas } from '../counts.js';
import { conditionOf, current, inProgress, type HealthRule } from '../rule.js';

export const replicaSet: HealthRule = {
  group: 'apps',
  kind: 'ReplicaSet',
  assess(object) {
    const failure = conditionOf(object, 'ReplicaFailure');
    if (failure?.status === 'True') return inProgress(failure.message ?? 'replica failure');
    const wanted = wantedReplicas(object);
    const shortage = firstShortage([
      ['Labelled', statusCount(object, 'fullyLabeledReplicas'), wanted],
      ['Available', statusCount(object, 'availableReplicas'), wanted],
      ['Ready', statusCount(object, 'readyReplicas'), wanted],
      ['Pending termination', wanted, statusCount(object, 'replicas')],
    ]);
    return shortage ?? current;
  },
};
