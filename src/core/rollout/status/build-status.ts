import type { BlueGreenStatus, CanaryStatus, RolloutStatus } from '#api/argoproj/rollout.js';
import { withoutUndefined, type Course } from '../course.js';
import { withPluginCondition } from '../step-plugins/condition.js';
import type { Facts } from '../facts.js';
import { storedTraffic } from '../traffic/record.js';
import { selectorHash } from '../traffic/view.js';
import { conditionsOf, type ConditionFacts } from './conditions-of.js';
import { countPods } from './counts.js';
import { nextDuration } from './duration.js';
import { phaseOf } from './phase.js';

/** The complete next status. What other tools keep in it (load balancers) is carried over. */
export function buildStatus(facts: Facts, course: Course, told: ConditionFacts): RolloutStatus {
  const { rollout, old } = facts;
  const counts = countPods(facts);
  const isBlueGreen = rollout.spec.strategy?.blueGreen !== undefined;
  const status = withoutUndefined({
    ...carriedOver(old),
    workloadObservedGeneration: facts.snapshot.workload?.generation,
    ...counts,
    observedGeneration: String(rollout.metadata.generation ?? 0),
    currentPodHash: course.currentPodHash,
    currentStepHash: isBlueGreen ? orAbsent(course.currentStepHash, '') : course.currentStepHash,
    currentStepIndex: course.index,
    stableRS: orAbsent(course.stableHash, ''),
    collisionCount: course.collisionCount,
    pauseConditions: course.pauses.length === 0 ? undefined : course.pauses,
    pausedSince: course.pauses.length === 0 ? undefined : course.pausedSince,
    controllerPause: orAbsent(course.isControllerPause, false),
    abort: orAbsent(course.isAborted, false),
    abortedAt: course.abortedAt,
    promoteFull: orAbsent(course.isPromoteFull, false),
    restartedAt: course.restartedAt,
    duration: nextDuration(facts, course),
    canary: isBlueGreen ? undefined : canaryStatus(course),
    blueGreen: isBlueGreen ? blueGreenStatus(facts, course) : undefined,
    traffic: storedTraffic(course.traffic, course.services, course.routedBy),
    conditions: withPluginCondition(
      conditionsOf(facts, course, counts, told),
      isBlueGreen ? undefined : course.pluginProblem,
      facts.now,
    ),
  });
  const { phase, message } = phaseOf(facts, status, told.isCutOver);
  return { ...status, phase, ...(message === '' ? {} : { message }) };
}

function orAbsent<T>(value: T, zero: T): T | undefined {
  return value === zero ? undefined : value;
}

function carriedOver({ alb, albs }: RolloutStatus): Partial<RolloutStatus> {
  return withoutUndefined({ alb, albs });
}

function canaryStatus(course: Course): CanaryStatus | undefined {
  const status = withoutUndefined({
    weights: course.weights,
    stablePingPong: course.stablePingPong,
    currentStepAnalysisRunStatus: course.runs.step,
    currentBackgroundAnalysisRunStatus: course.runs.background,
    currentExperiment: course.isExperimentDone ? undefined : course.experiment,
    finishedExperiment: course.isExperimentDone ? course.experiment : undefined,
    leavingExperiment: course.leavingExperiment,
    stepPluginStatuses: course.stepPlugins.length === 0 ? undefined : course.stepPlugins,
  });
  return Object.keys(status).length === 0 ? undefined : status;
}

function blueGreenStatus(facts: Facts, course: Course): BlueGreenStatus {
  const { activeService, previewService } = facts.rollout.spec.strategy?.blueGreen ?? {};
  const hashBehind = (name: string | undefined) =>
    name === undefined ? undefined : orAbsent(selectorHash(facts.snapshot.services[name]), '');
  return withoutUndefined({
    activeSelector: hashBehind(activeService),
    previewSelector: hashBehind(previewService),
    scaleUpPreviewCheckPoint: orAbsent(course.isPreviewCheckPointPassed, false),
    prePromotionAnalysisRunStatus: course.runs.pre,
    postPromotionAnalysisRunStatus: course.runs.post,
  });
}
