import { objectAt, textAt } from '#core/json/read.js';
import { isWorkloadUnobserved, workloadLagMessage } from '#core/rollout/workload-ref/lag.js';
import { current, failed, inProgress, type HealthRule } from '../rule.js';

/**
 * The peer's Rollout keeps `observedGeneration` as text, at which kstatus gives up; here its phase is read, so that
 * waiting works. A paused rollout is progress: somebody or something still has to act.
 */
export const rollout: HealthRule = {
  group: 'argoproj.io',
  kind: 'Rollout',
  ownsGeneration: true,
  assess(object) {
    const status = objectAt(object, 'status');
    const observed = status['observedGeneration'];
    const { generation } = object.metadata;
    if (observed !== generation && observed !== `${generation ?? ''}`) {
      return inProgress('the Rollout controller has not seen this generation yet');
    }
    if (isWorkloadUnobserved(object)) return inProgress(workloadLagMessage);
    const message = textAt(status, 'message') ?? '';
    switch (textAt(status, 'phase')) {
      case 'Healthy':
        return current;
      case 'Degraded':
        return failed(message);
      case undefined:
        return inProgress('the Rollout has no phase yet');
      default:
        return inProgress(message);
    }
  },
};
