import { numberAt, objectAt } from '#core/json/read.js';
import { firstShortage, statusCount, wantedReplicas } from '../counts.js';
import { conditionOf, current, failed, inProgress, type HealthRule } from '../rule.js';

const noDeadline = 2_147_483_647;

/** Fails only by its progress deadline: pods that crash do not fail a Deployment by themselves. */
export const deployment: HealthRule = {
  group: 'apps',
  kind: 'Deployment',
  assess(object) {
    const progressing = conditionOf(object, 'Progressing');
    if (progressing?.reason === 'ProgressDeadlineExceeded') return failed('progress deadline exceeded');
    const wanted = wantedReplicas(object);
    const replicas = statusCount(object, 'replicas');
    const updated = statusCount(object, 'updatedReplicas');
    const available = statusCount(object, 'availableReplicas');
    const shortage = firstShortage([
      ['Replicas', replicas, wanted],
      ['Updated', updated, wanted],
      ['Pending termination', wanted, replicas],
      ['Available', available, updated],
      ['Ready', statusCount(object, 'readyReplicas'), wanted],
    ]);
    if (shortage !== undefined) return shortage;
    const deadline = numberAt(objectAt(object, 'spec'), 'progressDeadlineSeconds') ?? noDeadline;
    const hasProgressed = progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable';
    if (deadline !== noDeadline && !hasProgressed) return inProgress('ReplicaSet not Available');
    if (conditionOf(object, 'Available')?.status !== 'True') return inProgress('Deployment not Available');
    return current;
  },
};
