import type { RolloutStatus } from '#api/argoproj/rollout.js';
import type { Course } from '../course.js';
import type { Facts } from '../facts.js';
import { selectorHash } from '../traffic/view.js';
import type { Counts } from './counts.js';

/** Every wanted pod of the current revision is available. */
export function hasAllPods(facts: Facts, counts: Counts): boolean {
  const available = facts.newRS?.status?.availableReplicas ?? 0;
  return counts.updatedReplicas === facts.replicas && available === facts.replicas;
}

/** Whether something of the update moved on since the stored status: pods, steps, weight or the stable revision. */
export function hasProgressed(facts: Facts, course: Course, counts: Counts): boolean {
  const { old } = facts;
  const before = (field: keyof RolloutStatus) => Number(old[field] ?? 0);
  const oldPods = before('replicas') - before('updatedReplicas');
  return (
    counts.updatedReplicas !== before('updatedReplicas') ||
    counts.replicas - counts.updatedReplicas < oldPods ||
    counts.readyReplicas > before('readyReplicas') ||
    counts.availableReplicas > before('availableReplicas') ||
    course.stableHash !== (old.stableRS ?? '') ||
    course.index !== old.currentStepIndex ||
    course.currentStepHash !== (old.currentStepHash ?? '') ||
    course.weights?.canary.weight !== old.canary?.weights?.canary.weight ||
    hasSwitched(facts) ||
    hasMeasured(facts, course)
  );
}

/** A Service of a blue-green Rollout selects other pods than the status says. */
function hasSwitched({ rollout, snapshot, old }: Facts): boolean {
  const { activeService, previewService } = rollout.spec.strategy?.blueGreen ?? {};
  const isOther = (name: string | undefined, known: string | undefined) =>
    name !== undefined && selectorHash(snapshot.services[name]) !== (known ?? '');
  return (
    isOther(activeService, old.blueGreen?.activeSelector) ||
    isOther(previewService, old.blueGreen?.previewSelector)
  );
}

/** A run before or behind a blue-green switch has begun or ended. */
function hasMeasured({ old }: Facts, { runs }: Course): boolean {
  const { prePromotionAnalysisRunStatus: pre, postPromotionAnalysisRunStatus: post } = old.blueGreen ?? {};
  return runs.pre?.status !== pre?.status || runs.post?.status !== post?.status;
}
