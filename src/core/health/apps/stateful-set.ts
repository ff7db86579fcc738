import { numberAt, objectAt, textAt } from '#core/json/read.js';
import { firstShortage, statusCount, wantedReplicas } from '../counts.js';
import { current, inProgress, type HealthRule } from '../rule.js';

export const statefulSet: HealthRule = {
  group: 'apps',
  kind: 'StatefulSet',
  assess(object) {
    const strategy = objectAt(objectAt(object, 'spec'), 'updateStrategy');
    if (textAt(strategy, 'type') === 'OnDelete') return current;
    const wanted = wantedReplicas(object);
    const replicas = statusCount(object, 'replicas');
    const shortage = firstShortage([
      ['Replicas', replicas, wanted],
      ['Ready', statusCount(object, 'readyReplicas'), wanted],
      ['Pending termination', wanted, replicas],
    ]);
    if (shortage !== undefined) return shortage;
    const partition = numberAt(objectAt(strategy, 'rollingUpdate'), 'partition');
    if (partition !== undefined) {
      const updated = statusCount(object, 'updatedReplicas');
      return firstShortage([['Partitioned update', updated, wanted - partition]]) ?? current;
    }
    const lacking = firstShortage([['Current', statusCount(object, 'currentReplicas'), wanted]]);
    if (lacking !== undefined) return lacking;
    const status = objectAt(object, 'status');
    return textAt(status, 'currentRevision') === textAt(status, 'updateRevision')
      ? current
      : inProgress('waiting for updated revision to match current revision');
  },
};
