import type { Pod } from '#api/k8s/core-kinds.js';
import type { JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';

/** A pod in kubectl's words. */
export interface PodState {
  /** `Running`, or why it is not: `ImagePullBackOff`, `Init:0/1`, `Terminating`, … */
  readonly reason: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
}

/** What `kubectl get pods` says: the reason of a container that waits or ended goes before the phase. */
export function podState(pod: Pod): PodState {
  const containers = objectsAt(pod.spec, 'containers').length;
  const init = initReason(pod);
  const main = mainState(pod);
  const isGone = pod.metadata.deletionTimestamp !== undefined;
  const gone = pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  if (init !== undefined) {
    const restarts = sumRestarts(objectsAt(pod.status, 'initContainerStatuses'));
    return { reason: isGone ? gone : init, ready: 0, containers, restarts };
  }
  return { ...main, reason: isGone ? gone : main.reason, containers };
}

function initReason(pod: Pod): string | undefined {
  const specs = objectsAt(pod.spec, 'initContainers');
  const statuses = objectsAt(pod.status, 'initContainerStatuses');
  for (const [i, status] of statuses.entries()) {
    const spec = specs.find((one) => one['name'] === status['name']);
    const isSidecar = textAt(spec, 'restartPolicy') === 'Always';
    if (isDone(status, isSidecar)) continue;
    return `Init:${initProblem(status) ?? `${i}/${specs.length}`}`;
  }
  return undefined;
}

function isDone(status: JsonObject, isSidecar: boolean): boolean {
  const state = objectAt(status, 'state');
  if (state['terminated'] !== undefined) return numberAt(state['terminated'], 'exitCode') === 0;
  return isSidecar && status['started'] === true && status['ready'] === true;
}

function initProblem(status: JsonObject): string | undefined {
  const state = objectAt(status, 'state');
  if (state['terminated'] !== undefined) return endReason(objectAt(state, 'terminated'));
  const waiting = textAt(state['waiting'], 'reason') ?? '';
  return waiting === '' || waiting === 'PodInitializing' ? undefined : waiting;
}

function mainState(pod: Pod): Omit<PodState, 'containers'> {
  const statuses = objectsAt(pod.status, 'containerStatuses');
  const reasons = statuses.map(containerReason).filter((reason) => reason !== undefined);
  const ready = statuses.filter(
    (status) => status['ready'] === true && objectAt(status, 'state')['running'] !== undefined,
  ).length;
  const own = pod.status?.reason ?? '';
  const first = reasons[0] ?? (own === '' ? (pod.status?.phase ?? 'Unknown') : own);
  return {
    reason: first === 'Completed' && ready > 0 ? 'Running' : first,
    ready,
    restarts: sumRestarts(statuses),
  };
}

function containerReason(status: JsonObject): string | undefined {
  const state = objectAt(status, 'state');
  const waiting = textAt(state['waiting'], 'reason') ?? '';
  if (waiting !== '') return waiting;
  return state['terminated'] === undefined ? undefined : endReason(objectAt(state, 'terminated'));
}

function endReason(terminated: JsonObject): string {
  const reason = textAt(terminated, 'reason') ?? '';
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal') ?? 0;
  return signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`;
}

function sumRestarts(statuses: readonly JsonObject[]): number {
  return statuses.reduce((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
}
