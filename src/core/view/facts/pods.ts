import { annotations } from '#api/argoproj/words.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { parseInstant } from '#core/time/instant.js';
import { fieldOf, hashOf, imageOf, revisionOf, rolesOf } from './roles.js';
import type { ViewInput } from '../view-input.js';
import { readyOf } from './weight.js';
import type { PodView, RevisionView } from '../wire/detail.js';
import type { Mark } from '../wire/list.js';

/** ReplicaSets that have pods or a role, newest revision first, each with its pods, the worst first. */
export function revisionsOf(input: ViewInput): readonly RevisionView[] {
  const { newest, stable, older } = rolesOf(input);
  const ordered = [...new Set([newest, stable, ...older])].filter((rs) => rs !== undefined);
  const isBlueGreen = input.rollout.spec.strategy?.blueGreen !== undefined;
  const active = input.rollout.status?.blueGreen?.activeSelector;
  return ordered.map((rs) => {
    const role = isBlueGreen
      ? hashOf(rs) === active
        ? 'active'
        : rs === newest
          ? 'preview'
          : 'older'
      : rs === stable
        ? 'stable'
        : rs === newest
          ? 'canary'
          : 'older';
    return revisionView(rs, role, input.pods);
  });
}

function revisionView(rs: ReplicaSet, role: RevisionView['role'], pods: readonly Pod[]): RevisionView {
  return {
    revision: revisionOf(rs),
    hash: hashOf(rs),
    replicaSet: rs.metadata.name,
    role,
    image: imageOf(rs.spec.template),
    desired: rs.spec.replicas ?? 0,
    ready: readyOf(rs),
    total: rs.status?.replicas ?? 0,
    scaleDownAt: parseInstant(rs.metadata.annotations?.[annotations.scaleDownDeadline]) ?? null,
    createdAt: parseInstant(rs.metadata.creationTimestamp) ?? null,
    pods: pods
      .filter((pod) => controllerOf(pod)?.uid === rs.metadata.uid)
      .map(podView)
      .toSorted((a, b) => rank(a.mark) - rank(b.mark) || a.name.localeCompare(b.name)),
  };
}

function rank(mark: Mark): number {
  return ['bad', 'wait', 'undecided', 'off', 'run', 'ok'].indexOf(mark);
}

/** One pod in a word: ready means its readiness condition, not its phase. */
function podView(pod: Pod): PodView {
  const [mark, state] = stateOfPod(pod);
  const restarts = (pod.status?.containerStatuses ?? [])
    .map((status) => Number(fieldOf(status, 'restartCount') ?? 0))
    .reduce((a, b) => a + b, 0);
  return {
    name: pod.metadata.name,
    mark,
    state,
    node: pod.spec?.nodeName ?? '',
    restarts,
    since: parseInstant(pod.metadata.creationTimestamp) ?? null,
  };
}

function stateOfPod(pod: Pod): readonly [Mark, string] {
  if (pod.metadata.deletionTimestamp !== undefined) return ['off', 'terminating'];
  const waiting = waitingReasonOf(pod);
  if (waiting !== undefined && !['ContainerCreating', 'PodInitializing'].includes(waiting))
    return ['bad', waiting];
  if (pod.status?.phase === 'Failed') return ['bad', pod.status.reason ?? 'failed'];
  const ready = pod.status?.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status === 'True') return ['ok', 'ready'];
  if (pod.status?.phase === 'Running') return ['run', 'not ready'];
  const unscheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  return unscheduled === undefined ? ['run', 'starting'] : ['wait', unscheduled.reason ?? 'not scheduled'];
}

function waitingReasonOf(pod: Pod): string | undefined {
  for (const status of pod.status?.containerStatuses ?? []) {
    const reason = fieldOf(fieldOf(fieldOf(status, 'state'), 'waiting'), 'reason');
    if (typeof reason === 'string') return reason;
  }
  return undefined;
}
