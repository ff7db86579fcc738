import { analysisPhases, annotations, pauseReasons } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { isPromoted, type Course } from '../course.js';
import { availableOf, specReplicasOf, withHash, type Facts } from '../facts.js';
import { isHalted, pauseStart } from '../orders.js';
import { isInRollbackWindow } from '../rollback-window.js';
import { isWhole } from './saturation.js';
import type { BlueGreenSettings } from './settings.js';

/** What decides about the switch, found once a pass. */
export interface SwitchFacts {
  /** Hash that the active Service selects now; `''` before the first switch, and when the spec names another Service. */
  readonly activeHash: string;
  /** Pods that the new ReplicaSet is to have now. */
  readonly newSize: number;
  readonly isNewReady: boolean;
  readonly isNewSaturated: boolean;
  /** No pause and no analysis is asked: the way leads back to pods that were good, or a person said so. */
  readonly isFastTracked: boolean;
  readonly isPreAnalysisPassed: boolean;
  readonly isPauseNeeded: boolean;
  readonly isPauseOver: boolean;
  /** When the pause will be over by time alone. */
  readonly pauseEndsAt: Instant | undefined;
}

export function switchFacts(
  facts: Facts,
  settings: BlueGreenSettings,
  course: Course,
  activeHash: string,
): SwitchFacts {
  const { newRS } = facts;
  const isFastTracked = course.isPromoteFull || activeHash === facts.newHash || isFastRollback(facts, course);
  const newSize = sizeOfNew(facts, settings, course, isFastTracked);
  const pauseEndsAt = pauseEnd(settings, course);
  return {
    activeHash,
    newSize,
    isNewReady: isReady(facts, newRS, newSize),
    isNewSaturated: isWhole(facts, newRS),
    isFastTracked,
    isPreAnalysisPassed:
      settings.preAnalysis === undefined || course.runs.pre?.status === analysisPhases.successful,
    isPauseNeeded: !settings.isAutoPromoted || settings.autoPromotionSeconds > 0,
    isPauseOver: isPauseOver(facts, settings, course, pauseEndsAt),
    pauseEndsAt,
  };
}

function isReady(facts: Facts, newRS: ReplicaSet | undefined, size: number): boolean {
  if (newRS === undefined || specReplicasOf(newRS) !== size) return false;
  return availableOf(newRS) === size || (size === facts.replicas && isWhole(facts, newRS));
}

/**
 * The new ReplicaSet is the stable one, or a recent one, or was active so lately that its pods are still kept. One that is
 * kept after an abort never was good: going back to it is an update like any other.
 */
export function isFastRollback(facts: Facts, course: Course): boolean {
  if (isPromoted(course)) return true;
  if (isInRollbackWindow(facts, withHash(facts, course.stableHash))) return true;
  const notes = facts.newRS?.metadata.annotations ?? {};
  return notes[annotations.scaleDownDeadline] !== undefined && notes[annotations.aborted] === undefined;
}

function sizeOfNew(
  facts: Facts,
  settings: BlueGreenSettings,
  course: Course,
  isFastTracked: boolean,
): number {
  const { previewReplicas } = settings;
  if (previewReplicas === undefined || isFastTracked) return facts.replicas;
  const isPaused = facts.rollout.spec.paused === true || course.pauses.length > 0;
  return course.isPreviewCheckPointPassed && !isPaused ? facts.replicas : previewReplicas;
}

function bluePause(course: Course) {
  return course.pauses.find(({ reason }) => reason === pauseReasons.blueGreenPause);
}

function pauseEnd(settings: BlueGreenSettings, course: Course): Instant | undefined {
  const startedAt = pauseStart(course, pauseReasons.blueGreenPause);
  const isTimed = settings.isAutoPromoted && settings.autoPromotionSeconds > 0;
  return isTimed && startedAt !== undefined
    ? addMs(startedAt, settings.autoPromotionSeconds * 1000)
    : undefined;
}

function isPauseOver(
  facts: Facts,
  settings: BlueGreenSettings,
  course: Course,
  endsAt: Instant | undefined,
): boolean {
  if (course.isPreviewCheckPointPassed) return true;
  const isResumed = course.isControllerPause && bluePause(course) === undefined;
  if (!settings.isAutoPromoted) return isResumed;
  return settings.autoPromotionSeconds === 0 || isResumed || (endsAt !== undefined && facts.now >= endsAt);
}

/** The pods that the active Service is to select now; `''` leaves it as it is. */
export function activeTarget(facts: Facts, course: Course, at: SwitchFacts): string {
  // The peer asks for a saturated new ReplicaSet here too, and then never points back when the new pods fail.
  if (course.isAborted && !isPromoted(course)) return course.stableHash;
  // A hash that none of our ReplicaSets has was written by somebody else.
  const isOurs = at.activeHash === '' || withHash(facts, at.activeHash) !== undefined;
  const held = isOurs ? at.activeHash : course.stableHash;
  if (isHalted(facts, course)) return held;
  if (isPromoted(course)) return at.activeHash === '' && !at.isNewSaturated ? '' : facts.newHash;
  const mayPass = at.isFastTracked || (at.isPauseOver && at.isPreAnalysisPassed);
  if (mayPass && at.isNewReady && at.isNewSaturated) return facts.newHash;
  // A Service that the spec names since a moment ago selects what served until then.
  return held === '' ? course.stableHash : held;
}
