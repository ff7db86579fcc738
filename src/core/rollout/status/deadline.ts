import { analysisPhases, annotations, rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import { isPromoted, type Course } from '../course.js';
import type { Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { abort } from '../orders.js';
import { findEntry } from '../step-plugins/entries.js';
import { findCondition } from './conditions.js';
import { countPods } from './counts.js';
import { hasProgressed } from './progress.js';

/** When the update counts as stuck; `undefined` while nothing of it can be late (a pause, a measurement, a scale-down delay). */
export function progressDeadline(facts: Facts, course: Course): Instant | undefined {
  const condition = findCondition(facts.old.conditions, rolloutConditions.progressing);
  const since = parseInstant(condition?.lastUpdateTime);
  if (condition === undefined || since === undefined) return undefined;
  const { reason } = condition;
  if (reason === rolloutReasons.rolloutAborted || reason === rolloutReasons.rolloutPaused) return undefined;
  if (isHeld(facts, course) || hasAnswered(course) || isMeasured(course)) return undefined;
  return addMs(since, (facts.rollout.spec.progressDeadlineSeconds ?? 600) * 1000);
}

/** Somebody or something that takes its own time stands between the update and its progress. */
function isHeld(facts: Facts, course: Course): boolean {
  const step = course.index === undefined ? undefined : facts.canary?.steps[course.index];
  const isIndefinite =
    step?.pause !== undefined || step?.analysis !== undefined || step?.experiment !== undefined;
  const isStopped = facts.rollout.spec.paused === true || course.pauses.length > 0 || course.isAborted;
  const isDelayed = facts.all.some(
    (rs) => rs.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined,
  );
  return isIndefinite || isStopped || isDelayed;
}

/** The plugin of the current step is at work; the peer would stop asking it when the deadline passes. */
function hasAnswered({ index, stepPlugins }: Course): boolean {
  const run = index === undefined ? undefined : findEntry(stepPlugins, index, 'Run');
  return (run?.executions ?? 0) > 0;
}

/** A run before or behind a blue-green switch is under way: what it takes is no delay of the pods. */
function isMeasured({ runs }: Course): boolean {
  const open: readonly (string | undefined)[] = [analysisPhases.pending, analysisPhases.running];
  return open.includes(runs.pre?.status) || open.includes(runs.post?.status);
}

/** The message of the condition and of the abort. */
export function timedOutMessage(facts: Facts): string {
  return `ReplicaSet "${facts.newRS?.metadata.name ?? facts.newHash}" has timed out progressing.`;
}

/** Aborts a stuck update when the spec asks for it; one that moves on in this very pass gets its time anew. */
export function judgeDeadline(facts: Facts, draft: Draft): Draft {
  const { course } = draft;
  if (facts.rollout.spec.progressDeadlineAbort !== true || isPromoted(course) || course.isAborted)
    return draft;
  const condition = findCondition(facts.old.conditions, rolloutConditions.progressing);
  const isExceeded = condition?.reason === rolloutReasons.progressDeadlineExceeded;
  const isMoving = isExceeded && hasProgressed(facts, course, countPods(facts));
  return isExceeded && !isMoving ? abort(facts, draft, timedOutMessage(facts)) : draft;
}
