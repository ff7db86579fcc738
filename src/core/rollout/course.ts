import type {
  PauseCondition,
  RolloutAnalysisRunStatus,
  RolloutStatus,
  StepPluginStatus,
  TrafficWeights,
} from '#api/argoproj/rollout.js';
import {
  parseRoutingMemory,
  parseServiceRecords,
  parseTrafficRecord,
  type RoutingMemory,
  type ServiceRecords,
  type TrafficRecord,
} from './traffic/record.js';
import { rolloutConditions } from '#api/argoproj/words.js';

/** Which analysis runs a Rollout can be in at the same time. */
export type RunRole = 'step' | 'background' | 'pre' | 'post';

/** The part of the status that steers: read from the old status, changed by the phases, written into the next one. */
export interface Course {
  readonly currentPodHash: string;
  readonly currentStepHash: string;
  /** `undefined` without steps. */
  readonly index: number | undefined;
  /** `''` until the first revision is chosen. */
  readonly stableHash: string;
  readonly isAborted: boolean;
  readonly abortedAt: string | undefined;
  /** Why this pass aborts, for the condition; `undefined` when a person asked for it or it happened earlier. */
  readonly abortMessage: string | undefined;
  readonly isPromoteFull: boolean;
  readonly pauses: readonly PauseCondition[];
  readonly isControllerPause: boolean;
  /** When the newest of the pauses began, finer than the whole seconds of its condition. */
  readonly pausedSince: string | undefined;
  readonly collisionCount: number | undefined;
  readonly restartedAt: string | undefined;
  readonly runs: Readonly<Partial<Record<RunRole, RolloutAnalysisRunStatus>>>;
  /** Name of the experiment of the current step. */
  readonly experiment: string | undefined;
  /** It was successful, and the step could not end yet. */
  readonly isExperimentDone: boolean;
  /** The experiment before it, until a pass has looked at what routers say of it. */
  readonly leavingExperiment: string | undefined;
  /** What step plugins were asked and said in this update. */
  readonly stepPlugins: readonly StepPluginStatus[];
  /** Why the plugin that is to be asked cannot be asked; kept until it answers. */
  readonly pluginProblem: string | undefined;
  readonly weights: TrafficWeights | undefined;
  readonly traffic: TrafficRecord | undefined;
  readonly services: ServiceRecords;
  /** What traffic is shifted by, while somebody else than stable gets some. */
  readonly routedBy: RoutingMemory | undefined;
  /** Which of the two Services of a ping-pong is the stable one; pong when it was not chosen yet. */
  readonly stablePingPong: 'ping' | 'pong' | undefined;
  readonly isPreviewCheckPointPassed: boolean;
  /** Why the stable revision changed in this pass, in the words of the event. */
  readonly promotedBecause: string | undefined;
  /** Index of the step that is done with this pass. */
  readonly endedStep: number | undefined;
}

export function courseOf(status: RolloutStatus): Course {
  return {
    currentPodHash: status.currentPodHash ?? '',
    currentStepHash: status.currentStepHash ?? '',
    index: status.currentStepIndex,
    stableHash: status.stableRS ?? '',
    isAborted: status.abort === true,
    abortedAt: status.abortedAt,
    abortMessage: undefined,
    isPromoteFull: status.promoteFull === true,
    pauses: status.pauseConditions ?? [],
    isControllerPause: status.controllerPause === true,
    pausedSince: status.pausedSince,
    collisionCount: status.collisionCount,
    restartedAt: status.restartedAt,
    runs: runsOf(status),
    experiment: status.canary?.currentExperiment ?? status.canary?.finishedExperiment,
    isExperimentDone: status.canary?.finishedExperiment !== undefined,
    leavingExperiment: status.canary?.leavingExperiment,
    stepPlugins: status.canary?.stepPluginStatuses ?? [],
    pluginProblem: status.conditions?.find(({ type }) => type === rolloutConditions.pluginUnavailable)
      ?.message,
    weights: status.canary?.weights,
    traffic: parseTrafficRecord(status.traffic),
    services: parseServiceRecords(status.traffic),
    routedBy: parseRoutingMemory(status.traffic),
    stablePingPong: status.canary?.stablePingPong,
    isPreviewCheckPointPassed: status.blueGreen?.scaleUpPreviewCheckPoint === true,
    promotedBecause: undefined,
    endedStep: undefined,
  };
}

function runsOf(status: RolloutStatus): Course['runs'] {
  const { canary, blueGreen } = status;
  const named = {
    step: canary?.currentStepAnalysisRunStatus,
    background: canary?.currentBackgroundAnalysisRunStatus,
    pre: blueGreen?.prePromotionAnalysisRunStatus,
    post: blueGreen?.postPromotionAnalysisRunStatus,
  };
  return withoutUndefined(named);
}

/** The same record without its absent members. */
export function withoutUndefined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only absent members were left out
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Whether the current template is the stable one. */
export function isPromoted(course: Course): boolean {
  return course.stableHash !== '' && course.stableHash === course.currentPodHash;
}
