import type { UnknownObject } from '#api/k8s/meta.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { addMs, parseInstant } from '#core/time/instant.js';
import { conditionOf, current, failed, inProgress, type HealthRule } from '../rule.js';

/** How long an unschedulable pod may hope for a node. */
const scheduleWindowMs = 15_000;

export const pod: HealthRule = {
  group: '',
  kind: 'Pod',
  assess(object, { now }) {
    const phase = textAt(objectAt(object, 'status'), 'phase');
    switch (phase) {
      case 'Succeeded':
      case 'Failed':
        return current;
      case 'Running':
        return running(object);
      case 'Pending': {
        const scheduled = conditionOf(object, 'PodScheduled');
        if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') {
          return inProgress('Pod is in the Pending phase');
        }
        const since = parseInstant(object.metadata.creationTimestamp) ?? now;
        const until = addMs(since, scheduleWindowMs);
        if (now < until) return { ...inProgress('Pod has not been scheduled'), until };
        return failed('Pod could not be scheduled');
      }
      case undefined:
        return inProgress('Pod phase not available');
      default:
        return { status: 'Unknown', message: `unknown Pod phase ${phase}` };
    }
  },
};

function running(object: UnknownObject) {
  if (conditionOf(object, 'Ready')?.status === 'True') return current;
  const crashing = objectsAt(objectAt(object, 'status'), 'containerStatuses').filter(
    (container) => textAt(objectAt(objectAt(container, 'state'), 'waiting'), 'reason') === 'CrashLoopBackOff',
  );
  if (crashing.length === 0) return inProgress('Pod is running but is not Ready');
  const names = crashing.map((container) => textAt(container, 'name') ?? '').join(',');
  return failed(`containers in CrashLoop state: ${names}`);
}
