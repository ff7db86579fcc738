import type { Deployment, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { Condition } from '#api/k8s/meta.js';
import { type ConditionState, findCondition, setCondition } from '#core/kube/conditions.js';
import { addMs, formatInstant, type Instant, parseInstant } from '#core/time/instant.js';
import { availableOf } from './scale.js';
import type { DeploymentSettings } from './strategy.js';

export interface StatusView {
  readonly now: Instant;
  readonly deployment: Deployment;
  readonly settings: DeploymentSettings;
  readonly fresh: ReplicaSet | undefined;
  readonly all: readonly ReplicaSet[];
}

interface Counts {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
}

/** The status of a Deployment, and when its progress deadline is over. */
export function buildStatus(view: StatusView): {
  readonly status: NonNullable<Deployment['status']>;
  readonly deadlineAt?: Instant;
} {
  const counts = countReplicas(view);
  const progressing = progressState(view, counts);
  const available = availableState(view.settings, counts);
  const before = readConditions(view.deployment);
  const conditions = [available, ...(progressing === undefined ? [] : [progressing])].reduce(
    (list, state) => withUpdateTime(setCondition(list, state, view.now), list, view.now),
    before,
  );
  const isMoving = progressing?.reason !== 'NewReplicaSetAvailable' && progressing?.status === 'True';
  const since = isMoving ? parseInstant(findCondition(conditions, 'Progressing')?.lastUpdateTime) : undefined;
  const { settings, deployment } = view;
  const unavailable = Math.max(0, settings.replicas - counts.availableReplicas);
  return {
    status: {
      ...withoutZeros({ ...counts, unavailableReplicas: unavailable }),
      observedGeneration: deployment.metadata.generation,
      conditions,
      ...(deployment.status?.collisionCount === undefined
        ? {}
        : { collisionCount: deployment.status.collisionCount }),
    },
    ...(since === undefined ? {} : { deadlineAt: addMs(since, settings.progressDeadlineSeconds * 1000) }),
  };
}

function countReplicas({ all, fresh }: StatusView): Counts {
  const sum = (count: (set: ReplicaSet) => number): number =>
    all.reduce((total, set) => total + count(set), 0);
  return {
    replicas: sum((set) => set.status?.replicas ?? 0),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas ?? 0),
    availableReplicas: sum(availableOf),
  };
}

function availableState(settings: DeploymentSettings, counts: Counts): ConditionState {
  return counts.availableReplicas >= settings.replicas - settings.maxUnavailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progressState(view: StatusView, counts: Counts): ConditionState | undefined {
  const { deployment, settings, fresh, now } = view;
  const current = findCondition(readConditions(deployment), 'Progressing');
  const type = 'Progressing';
  if (settings.isPaused)
    return { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  const name = fresh?.metadata.name ?? '';
  const isComplete =
    counts.updatedReplicas === settings.replicas &&
    counts.replicas === settings.replicas &&
    counts.availableReplicas === settings.replicas &&
    fresh !== undefined;
  if (isComplete) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return { type, status: 'True', reason: 'NewReplicaSetAvailable', message };
  }
  const updated: ConditionState = {
    type,
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "${name}" is progressing.`,
  };
  if (current === undefined || current.reason === 'DeploymentPaused' || hasProgressed(deployment, counts))
    return updated;
  if (current.reason === 'NewReplicaSetAvailable')
    return deployment.metadata.generation === deployment.status?.observedGeneration ? current : updated;
  const since = parseInstant(current.lastUpdateTime);
  const isLate = since !== undefined && addMs(since, settings.progressDeadlineSeconds * 1000) <= now;
  if (!isLate) return current;
  const message = `ReplicaSet "${name}" has timed out progressing.`;
  return { type, status: 'False', reason: 'ProgressDeadlineExceeded', message };
}

function hasProgressed({ status }: Deployment, counts: Counts): boolean {
  const before = (field: keyof Counts): number => Number(status?.[field] ?? 0);
  const oldBefore = before('replicas') - before('updatedReplicas');
  return (
    counts.updatedReplicas > before('updatedReplicas') ||
    counts.replicas - counts.updatedReplicas < oldBefore ||
    counts.readyReplicas > before('readyReplicas') ||
    counts.availableReplicas > before('availableReplicas')
  );
}

/** `Progressing` that says the same after progress was made still counts as an update. */
function withUpdateTime(
  next: readonly Condition[],
  before: readonly Condition[],
  now: Instant,
): readonly Condition[] {
  if (next === before) return next;
  return next.map((condition) =>
    before.includes(condition) ? condition : { ...condition, lastUpdateTime: formatInstant(now) },
  );
}

/** Written by this controller only. */
function readConditions(deployment: Deployment): readonly Condition[] {
  return (deployment.status?.conditions ?? []) as readonly Condition[];
}

function withoutZeros(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
