import type { EventRecord } from '#core/decision/decision.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';

type ContainerStatuses = readonly { readonly [field: string]: unknown }[] | undefined;

/** What a kubelet would say about the change from one list of container statuses to the next. */
export function podEvents(
  podName: string,
  before: ContainerStatuses,
  after: ContainerStatuses,
): readonly EventRecord[] {
  return (after ?? []).flatMap((status) => {
    const name = textAt(status, 'name') ?? '';
    const former = (before ?? []).find((one) => one.name === name);
    return containerEvents(podName, name, former, status);
  });
}

function containerEvents(
  podName: string,
  name: string,
  before: unknown,
  after: unknown,
): readonly EventRecord[] {
  const wasRunning = isObject(objectAt(before, 'state').running);
  const isRunning = isObject(objectAt(after, 'state').running);
  if (isRunning && (!wasRunning || fieldOf(before, 'restartCount') !== fieldOf(after, 'restartCount'))) {
    return [{ type: 'Normal', reason: 'Started', message: `Started container ${name}` }];
  }
  if (isRunning && fieldOf(before, 'ready') === true && fieldOf(after, 'ready') === false) {
    return [{ type: 'Warning', reason: 'Unhealthy', message: `Readiness probe of container ${name} failed` }];
  }
  const reason = waitingReason(after);
  if (reason === undefined || reason === waitingReason(before)) return [];
  const said = textAt(objectAt(objectAt(after, 'state'), 'waiting'), 'message') ?? reason;
  switch (reason) {
    case 'CrashLoopBackOff':
      return [warning('BackOff', `Back-off restarting failed container ${name} in pod ${podName}`)];
    case 'ImagePullBackOff':
      return [warning('Failed', said)];
    case 'CreateContainerConfigError':
      return [warning('Failed', `Error: ${said}`)];
    default:
      return [];
  }
}

function fieldOf(status: unknown, name: string): unknown {
  return isObject(status) ? status[name] : undefined;
}

function waitingReason(status: unknown): string | undefined {
  return textAt(objectAt(objectAt(status, 'state'), 'waiting'), 'reason');
}

function warning(reason: string, message: string): EventRecord {
  return { type: 'Warning', reason, message };
}
