import type { RolloutAnalysisRunStatus, RolloutStatus } from '#api/argoproj/rollout.js';
import {
  analysisPhases,
  annotations,
  rolloutConditions,
  rolloutEvents,
  rolloutReasons,
} from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { RolloutAction } from '../actions.js';
import { revisionOf, type Facts } from '../facts.js';
import { findCondition } from '../status/conditions.js';
import { pauseMs } from '../steps/pause.js';
import { stepWords } from '../steps/index.js';
import { selectorHash } from '../traffic/view.js';
import { weightEvents } from '../traffic/weight-events.js';

const shortPauseMs = 10_000;

export interface EventSources {
  readonly actions: readonly RolloutAction[];
  readonly status: RolloutStatus;
  /** What phases said themselves. */
  readonly said: readonly EventRecord[];
  readonly promotedBecause?: string | undefined;
  readonly endedStep?: number | undefined;
}

/** The events of one pass in the peer's words and order, from what was done and from what the statuses say. */
export function eventsOf(facts: Facts, sources: EventSources): readonly EventRecord[] {
  const { old } = facts;
  const { actions, status } = sources;
  const moved = [...actions.flatMap((action) => switchEvents(facts, action)), ...weightEvents(old, status)];
  const steps = stepEvents(facts, sources.endedStep);
  const pauses = pauseEvents(facts, old, status);
  // The step behind a pause begins in the pass that ends it.
  const isPauseOver =
    steps.length > 0 && pauses.some(({ reason }) => reason === rolloutEvents.rolloutResumed);
  const over = isPauseOver ? [...steps, ...pauses] : [];
  const last = isPauseOver ? { steps: [], pauses: [] } : { steps, pauses };
  // Why the traffic goes back is told before it does.
  const isAbortingItself = status.abort === true && old.abort !== true;
  return [
    ...(old.observedGeneration === undefined && old.conditions === undefined ? [added(facts)] : []),
    ...revisionEvents(facts, actions),
    ...over,
    ...sources.said,
    ...(isAbortingItself ? [] : moved),
    ...analysisEvents(old, status),
    ...actions.flatMap((action) => scaleEvents(facts, action)),
    ...last.steps,
    ...completedEvents(facts, old, sources),
    ...abortEvents(old, status),
    ...(isAbortingItself ? moved : []),
    ...notCompleted(facts, old, status),
    ...firstPodsEvents(facts, actions),
    ...last.pauses,
  ];
}

/** What is told of a pass that failed half-way: the actions that were carried out are not seen again. */
export function eventsOfActions(facts: Facts, done: readonly RolloutAction[]): readonly EventRecord[] {
  return [
    ...revisionEvents(facts, done),
    ...firstPodsEvents(facts, done),
    ...done.flatMap((action) => [
      ...switchEvents(facts, action),
      ...routeEvents(action),
      ...scaleEvents(facts, action),
    ]),
  ];
}

function normal(reason: string, message: string): EventRecord {
  return { type: 'Normal', reason, message };
}

function added({ rollout }: Facts): EventRecord {
  const subject = `${rollout.metadata.namespace ?? ''}/${rollout.metadata.name}`;
  return normal(rolloutEvents.rolloutAddedToInformer, `Rollout resource added to informer: ${subject}`);
}

function revisionEvents(facts: Facts, actions: readonly RolloutAction[]): readonly EventRecord[] {
  const noted = facts.rollout.metadata.annotations?.[annotations.revision];
  const isNoted = actions.some(({ kind }) => kind === 'patchRollout') && noted !== String(facts.revision);
  const updated = normal(rolloutEvents.rolloutUpdated, `Rollout updated to revision ${facts.revision}`);
  const created = actions.flatMap((action) => {
    if (action.kind !== 'createReplicaSet') return [];
    const what = `Created ReplicaSet ${action.replicaSet.metadata.name} (revision ${facts.revision})`;
    return [normal(rolloutEvents.newReplicaSetCreated, what)];
  });
  return isNoted ? [updated, ...created] : created;
}

function notCompleted(facts: Facts, old: RolloutStatus, next: RolloutStatus): readonly EventRecord[] {
  const was = findCondition(old.conditions, rolloutConditions.completed)?.status;
  const is = findCondition(next.conditions, rolloutConditions.completed)?.status;
  if (is !== 'False' || was === 'False') return [];
  const what = `Rollout not completed, started update to revision ${facts.revision} (${facts.newHash})`;
  return [normal(rolloutEvents.rolloutNotCompleted, what)];
}

function switchEvents(facts: Facts, action: RolloutAction): readonly EventRecord[] {
  if (action.kind !== 'setSelector') return [];
  const { name } = action.target;
  const from = selectorHash(facts.snapshot.services[name]);
  if (action.hash === null || from === action.hash) return [];
  const message = `Switched selector for service '${name}' from '${from}' to '${action.hash}'`;
  return [normal(rolloutEvents.switchService, message)];
}

/** What routers say themselves of their changes. */
function routeEvents(action: RolloutAction): readonly EventRecord[] {
  return action.kind === 'setTraffic' ? action.changes.flatMap(({ event }) => event ?? []) : [];
}

function analysisEvents(old: RolloutStatus, next: RolloutStatus): readonly EventRecord[] {
  const pairs: readonly (readonly [
    string,
    RolloutAnalysisRunStatus | undefined,
    RolloutAnalysisRunStatus | undefined,
  ])[] = [
    ['Step', old.canary?.currentStepAnalysisRunStatus, next.canary?.currentStepAnalysisRunStatus],
    [
      'Background',
      old.canary?.currentBackgroundAnalysisRunStatus,
      next.canary?.currentBackgroundAnalysisRunStatus,
    ],
    [
      'PrePromotion',
      old.blueGreen?.prePromotionAnalysisRunStatus,
      next.blueGreen?.prePromotionAnalysisRunStatus,
    ],
    [
      'PostPromotion',
      old.blueGreen?.postPromotionAnalysisRunStatus,
      next.blueGreen?.postPromotionAnalysisRunStatus,
    ],
  ];
  // Runs that were stopped with the update concern it no more.
  if (old.abort === true || old.promoteFull === true) return [];
  return pairs.flatMap(([type, before, after]) => {
    const previous = before?.name === after?.name ? before?.status : undefined;
    if (after === undefined || after.status === analysisPhases.pending || previous === after.status)
      return [];
    const isBad = after.status === analysisPhases.failed || after.status === analysisPhases.error;
    const was = before === undefined ? 'NoPreviousStatus' : phaseSoFar(previous);
    const message = `${type} Analysis Run '${after.name}' Status New: '${after.status}' Previous: '${was}'`;
    return [{ type: isBad ? 'Warning' : 'Normal', reason: `AnalysisRun${after.status}`, message } as const];
  });
}

/** The peer notes a run that it has just made without a phase. */
function phaseSoFar(previous: string | undefined): string {
  return previous === undefined || previous === analysisPhases.pending ? '' : previous;
}

function scaleEvents(facts: Facts, action: RolloutAction): readonly EventRecord[] {
  if (action.kind !== 'scaleReplicaSet' || action.from === action.to) return [];
  const rs = facts.all.find((candidate) => candidate.metadata.name === action.target.name);
  const revision = rs === undefined || rs === facts.newRS ? facts.revision : revisionOf(rs);
  return [scaled(action.target.name, revision, action)];
}

/** A set that is created with its first pods; told behind the beginning of the update. */
function firstPodsEvents(facts: Facts, actions: readonly RolloutAction[]): readonly EventRecord[] {
  return actions.flatMap((action) => {
    if (action.kind !== 'createReplicaSet') return [];
    const { metadata, spec } = action.replicaSet;
    const to = spec.replicas ?? 0;
    return to === 0 ? [] : [scaled(metadata.name, facts.revision, { from: 0, to })];
  });
}

function scaled(name: string, revision: number, size: { from: number; to: number }): EventRecord {
  const way = size.to > size.from ? 'up' : 'down';
  const what = `Scaled ${way} ReplicaSet ${name} (revision ${revision}) from ${size.from} to ${size.to}`;
  return { ...normal(rolloutEvents.scalingReplicaSet, what), pace: 'together' };
}

function abortEvents(old: RolloutStatus, next: RolloutStatus): readonly EventRecord[] {
  const was = findCondition(old.conditions, rolloutConditions.progressing);
  const is = findCondition(next.conditions, rolloutConditions.progressing);
  if (is?.reason !== rolloutReasons.rolloutAborted || was?.reason === is.reason) return [];
  return [{ type: 'Warning', reason: rolloutEvents.rolloutAborted, message: is.message ?? '' }];
}

/** Told of the first reason to pause and of the end of the last one, whoever ended it; an abort is no resumption. */
function pauseEvents(facts: Facts, old: RolloutStatus, next: RolloutStatus): readonly EventRecord[] {
  const before = old.pauseConditions ?? [];
  const [pause] = next.pauseConditions ?? [];
  if (pause !== undefined) {
    if (before.length > 0) return [];
    const told = normal(rolloutEvents.rolloutPaused, `Rollout is paused (${pause.reason})`);
    return [isShort(facts, next) ? told : { ...told, pace: 'at-once' }];
  }
  const isClearedByPerson = old.controllerPause === true && next.controllerPause !== true;
  const isOver = before.length > 0 || isClearedByPerson;
  return isOver && next.abortedAt === undefined
    ? [normal(rolloutEvents.rolloutResumed, 'Rollout is resumed')]
    : [];
}

/** The pause of a step that is over before anybody could act on it. */
function isShort({ canary }: Facts, { currentStepIndex = -1 }: RolloutStatus): boolean {
  const pause = canary?.steps[currentStepIndex]?.pause;
  const ms = pause === undefined ? undefined : pauseMs(pause);
  return ms !== undefined && ms < shortPauseMs;
}

function stepEvents(facts: Facts, ended: number | undefined): readonly EventRecord[] {
  const steps = facts.canary?.steps ?? [];
  const step = ended === undefined ? undefined : steps[ended];
  if (step === undefined || ended === undefined) return [];
  const what = `Rollout step ${ended + 1}/${steps.length} completed (${stepWords(step)})`;
  return [normal(rolloutEvents.rolloutStepCompleted, what)];
}

function completedEvents(facts: Facts, old: RolloutStatus, sources: EventSources): readonly EventRecord[] {
  const { promotedBecause, status } = sources;
  if (promotedBecause === undefined || status.stableRS === old.stableRS) return [];
  const what = `Rollout completed update to revision ${facts.revision} (${facts.newHash}): ${promotedBecause}`;
  return [{ ...normal(rolloutEvents.rolloutCompleted, what), pace: 'at-once' }];
}
