import type { Pod } from '#api/k8s/core-kinds.js';
import type { Condition } from '#api/k8s/meta.js';
import { isConditionTrue, setCondition } from '#core/kube/conditions.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import type { ContainerReality, ContainerState, ContainerTerminated, PodReality } from './pod-runtime.js';

type PodStatus = NonNullable<Pod['status']> & {
  readonly hostIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
};
type Phase = NonNullable<PodStatus['phase']>;

/** The status that a kubelet writes for a pod that is so. Conditions of others (readiness gates) are kept. */
export function buildPodStatus(pod: Pod, reality: PodReality, now: Instant): PodStatus {
  const phase = phaseOf(pod, reality.containers);
  const hasIp = phase !== 'Pending';
  return {
    ...pod.status,
    phase,
    conditions: buildConditions(pod, phase, reality.containers, now),
    startTime: pod.status?.startTime ?? formatInstant(now),
    hostIP: '127.0.0.1',
    ...(hasIp ? { podIP: reality.address, podIPs: [{ ip: reality.address }] } : {}),
    containerStatuses: reality.containers.map(printContainer),
  };
}

function phaseOf(pod: Pod, containers: readonly ContainerReality[]): Phase {
  const states = containers.map(({ state }) => state);
  if (containers.some(({ state, restartCount }) => state.kind === 'waiting' && restartCount === 0))
    return 'Pending';
  const ended = states.filter((state) => state.kind === 'terminated');
  const isFinal =
    pod.spec.restartPolicy === 'Never' || pod.spec.restartPolicy === 'OnFailure' || isLeaving(pod);
  if (!isFinal || ended.length < states.length) return 'Running';
  if (ended.every((state) => state.exitCode === 0)) return 'Succeeded';
  return pod.spec.restartPolicy === 'OnFailure' && !isLeaving(pod) ? 'Running' : 'Failed';
}

function isLeaving(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

function buildConditions(
  pod: Pod,
  phase: Phase,
  containers: readonly ContainerReality[],
  now: Instant,
): readonly Condition[] {
  const isDone = phase === 'Succeeded' || phase === 'Failed';
  const unready = containers.filter((container) => !container.isReady).map(({ name }) => name);
  const containersReady = stateOf('ContainersReady', unready, isDone);
  const openGates = (pod.spec.readinessGates ?? []).filter(
    ({ conditionType }) => !isConditionTrue(pod.status?.conditions, conditionType),
  );
  const ready =
    containersReady.status === 'True' && openGates.length > 0
      ? {
          type: 'Ready',
          status: 'False' as const,
          reason: 'ReadinessGatesNotReady',
          message: `corresponding condition of pod readiness gate ${JSON.stringify(openGates[0]?.conditionType)} does not exist or is not True`,
        }
      : { ...containersReady, type: 'Ready' };
  const states = [
    {
      type: 'PodReadyToStartContainers',
      status: phase === 'Pending' ? ('False' as const) : ('True' as const),
    },
    { type: 'Initialized', status: 'True' as const },
    ready,
    containersReady,
    { type: 'PodScheduled', status: 'True' as const },
  ];
  return states.reduce<readonly Condition[]>(
    (conditions, state) => setCondition(conditions, state, now),
    pod.status?.conditions ?? [],
  );
}

function stateOf(
  type: string,
  unready: readonly string[],
  isDone: boolean,
): Omit<Condition, 'lastTransitionTime'> {
  if (isDone) return { type, status: 'False', reason: 'PodCompleted' };
  if (unready.length === 0) return { type, status: 'True' };
  return {
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

function printContainer(container: ContainerReality): Readonly<Record<string, unknown>> {
  return {
    name: container.name,
    image: container.image,
    imageID:
      container.state.kind === 'waiting' && container.restartCount === 0
        ? ''
        : `sandbox://${container.image}`,
    ready: container.isReady,
    started: container.state.kind === 'running',
    restartCount: container.restartCount,
    state: printState(container.state),
    lastState: container.lastState === undefined ? {} : printState(container.lastState),
  };
}

function printState(state: ContainerState): Readonly<Record<string, unknown>> {
  switch (state.kind) {
    case 'waiting':
      return {
        waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) },
      };
    case 'running':
      return { running: { startedAt: formatInstant(state.startedAt) } };
    case 'terminated':
      return { terminated: printTerminated(state) };
  }
}

function printTerminated(state: ContainerTerminated): Readonly<Record<string, unknown>> {
  return {
    exitCode: state.exitCode,
    ...(state.signal === undefined ? {} : { signal: signalNumber(state.signal) }),
    reason: state.exitCode === 0 ? 'Completed' : 'Error',
    startedAt: formatInstant(state.startedAt),
    finishedAt: formatInstant(state.finishedAt),
  };
}

function signalNumber(name: string): number {
  return name === 'SIGKILL' ? 9 : name === 'SIGTERM' ? 15 : 1;
}
