import { numberAt, objectAt } from '#core/json/read.js';
import { firstShortage, statusCount } from '../counts.js';
import { current, inProgress, type HealthRule } from '../rule.js';

export const daemonSet: HealthRule = {
  group: 'apps',
  kind: 'DaemonSet',
  assess(object) {
    const status = objectAt(object, 'status');
    if (object.metadata.generation === undefined || numberAt(status, 'observedGeneration') === undefined) {
      return inProgress('waiting for the first observation');
    }
    const desired = numberAt(status, 'desiredNumberScheduled');
    if (desired === undefined) return inProgress('missing .status.desiredNumberScheduled');
    const shortage = firstShortage([
      ['Current', statusCount(object, 'currentNumberScheduled'), desired],
      ['Updated', statusCount(object, 'updatedNumberScheduled'), desired],
      ['Available', statusCount(object, 'numberAvailable'), desired],
      ['Ready', statusCount(object, 'numberReady'), desired],
    ]);
    return shortage ?? current;
  },
};
