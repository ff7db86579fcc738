import type { Experiment, ExperimentStatus } from '#api/argoproj/experiment.js';
import { analysisPhases, rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import {
  findCondition,
  refreshCondition,
  withCondition,
  withoutCondition,
  type ConditionChange,
} from '#core/rollout/status/conditions.js';
import type { Instant } from '#core/time/instant.js';
import { durationEnd } from './spec.js';

/** The conditions of the next status; those of an invalid spec are gone. Only a good end is told as an end, as the peer does. */
export function conditionsOf(
  experiment: Experiment,
  next: ExperimentStatus,
  now: Instant,
): readonly Condition[] {
  const list = withoutRefusal(
    withoutCondition(experiment.status?.conditions ?? [], rolloutConditions.invalidSpec),
  );
  const quoted = JSON.stringify(experiment.metadata.name);
  if (next.phase === analysisPhases.successful) {
    const message = `Experiment ${quoted} has successfully ran and completed.`;
    return withCondition(list, progressing('False', 'ExperimentCompleted', message), now);
  }
  if (hasProgressed(experiment.status, next)) {
    const message = `Experiment ${quoted} is progressing.`;
    return refreshCondition(list, progressing('True', rolloutReasons.replicaSetUpdated, message), now);
  }
  const end = durationEnd(experiment);
  const isRunning = experiment.status?.availableAt !== undefined && (end === undefined || now < end);
  if (!isRunning) return list;
  const message = `Experiment ${quoted} is running.`;
  return withCondition(list, progressing('True', rolloutReasons.newReplicaSetAvailable, message), now);
}

function progressing(status: 'True' | 'False', reason: string, message: string): ConditionChange {
  return { type: rolloutConditions.progressing, status, reason, message };
}

/** A template is new, or some count of its pods changed. */
function hasProgressed(old: ExperimentStatus | undefined, next: ExperimentStatus): boolean {
  const before = old?.templateStatuses ?? [];
  const after = next.templateStatuses ?? [];
  if (before.length < after.length) return true;
  return after.some((template) => {
    const earlier = before.find(({ name }) => name === template.name);
    return (
      earlier !== undefined &&
      (earlier.replicas !== template.replicas ||
        earlier.readyReplicas !== template.readyReplicas ||
        earlier.availableReplicas !== template.availableReplicas)
    );
  });
}

/** The conditions of a spec that cannot be followed; the very same list when it says so already. */
export function invalidConditions(
  list: readonly Condition[],
  message: string,
  now: Instant,
): readonly Condition[] {
  const { invalidSpec: type } = rolloutConditions;
  if (findCondition(list, type)?.message === message) return list;
  const change = { type, status: 'True', reason: rolloutReasons.invalidSpec, message } as const;
  return refreshCondition(list, change, now);
}

/**
 * The status of an experiment whose pass the cluster did not let through, in the API server's words; the next pass that
 * goes through takes it back. The very same status when it says so already.
 */
export function withRefusal(
  { status, metadata }: Experiment,
  why: string,
  now: Instant,
): ExperimentStatus | undefined {
  const before = status?.conditions ?? [];
  const { stalled: type } = rolloutConditions;
  if (findCondition(before, type)?.message === why) return status;
  const observedGeneration = metadata.generation ?? 0;
  const said = { type, status: 'True', reason: refused, message: why, observedGeneration } as const;
  return { ...status, conditions: refreshCondition(before, said, now) };
}

function withoutRefusal(list: readonly Condition[]): readonly Condition[] {
  const { stalled } = rolloutConditions;
  return findCondition(list, stalled)?.reason === refused ? withoutCondition(list, stalled) : list;
}

const refused = 'Refused';
