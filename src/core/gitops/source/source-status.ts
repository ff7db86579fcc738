import type { Artifact } from '#api/flux/common.js';
import type { SourceObject, SourceStatus } from '#api/flux/source.js';
import { fluxConditions as types, fluxKeys, fluxReasons as reasons } from '#api/flux/words.js';
import { findCondition, isConditionTrue } from '#core/kube/conditions.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { withCondition, withoutConditions, type ConditionWords } from '../flux-conditions.js';
import type { FetchedSource, SourceProblem } from './source-run.js';

/** A status with the fields that only its kind has. */
export type AnySourceStatus = SourceStatus & Readonly<Record<string, unknown>>;

/** A draft of the next status: pure steps over it put the words in. */
export interface SourceDraft {
  readonly object: SourceObject;
  readonly now: Instant;
  readonly status: AnySourceStatus;
}

export function draftOf(object: SourceObject, now: Instant): SourceDraft {
  return { object, now, status: { ...object.status } };
}

/** A run begins that the user waits for: the object is not known to be up to date. */
export function markStarted(draft: SourceDraft): SourceDraft {
  const { conditions, observedGeneration = -1 } = draft.status;
  const isCurrent = observedGeneration === generationOf(draft.object);
  if (isCurrent && isConditionTrue(conditions, types.ready)) return draft;
  const reconciling = findCondition(conditions, types.reconciling);
  if (reconciling !== undefined && reconciling.observedGeneration === generationOf(draft.object))
    return draft;
  const message = isCurrent
    ? 'reconciliation in progress'
    : `processing object: new generation ${observedGeneration} -> ${generationOf(draft.object)}`;
  return progress(draft, message);
}

/** The remote has another revision than the artifact, or what is included in it changed. */
export function markOutdated(draft: SourceDraft, reason: string, message: string): SourceDraft {
  const building = progress(draft, `building artifact: ${message}`);
  if (draft.status.artifact === undefined) return building;
  return say(building, { type: types.artifactOutdated, status: 'True', reason, message });
}

/** The artifact that the status named is not in storage any more. */
export function dropArtifact(draft: SourceDraft): SourceDraft {
  const { artifact: _lost, url: _latest, ...status } = draft.status;
  const conditions = withoutConditions(status.conditions ?? [], types.artifactInStorage);
  const dropped = { ...draft, status: { ...status, conditions } };
  return progress(dropped, 'building artifact: disappeared from storage');
}

/** A new artifact is stored. */
export function setArtifact(draft: SourceDraft, fetched: FetchedSource): SourceDraft {
  const { subject: _subject, verified: _verified, included: _included, latestUrl, ...stored } = fetched;
  const artifact: Artifact = { ...stored, lastUpdateTime: formatInstant(draft.now) };
  const url = latestUrl === undefined ? {} : { url: latestUrl };
  return { ...draft, status: { ...draft.status, ...url, artifact } };
}

/** The artifact is served elsewhere than the status says. */
export function setArtifactUrl(draft: SourceDraft, url: string): SourceDraft {
  const { artifact, url: latest } = draft.status;
  if (artifact === undefined || artifact.url === url) return draft;
  const status = { ...draft.status, artifact: { ...artifact, url } };
  if (typeof latest !== 'string') return { ...draft, status };
  const folder = url.slice(0, url.lastIndexOf('/'));
  return { ...draft, status: { ...status, url: `${folder}${latest.slice(latest.lastIndexOf('/'))}` } };
}

/** Whose signature was found good; `undefined` when none is asked for. */
export function markVerified(draft: SourceDraft, message: string | undefined): SourceDraft {
  if (message !== undefined) {
    return say(draft, { type: types.sourceVerified, status: 'True', reason: reasons.succeeded, message });
  }
  const conditions = withoutConditions(draft.status.conditions ?? [], types.sourceVerified);
  return { ...draft, status: { ...draft.status, conditions } };
}

/** The run ended well: the artifact in the status is what the spec asks for. */
export function markReady(draft: SourceDraft, message: string): SourceDraft {
  const cleared = withoutConditions(
    draft.status.conditions ?? [],
    types.reconciling,
    types.stalled,
    types.fetchFailed,
    types.artifactOutdated,
    types.storageOperationFailed,
    types.includeUnavailable,
  );
  const said = say(
    { ...draft, status: { ...draft.status, conditions: cleared } },
    { type: types.ready, status: 'True', reason: reasons.succeeded, message },
    { type: types.artifactInStorage, status: 'True', reason: reasons.succeeded, message },
  );
  return markObserved(said);
}

/** The run failed. The artifact stays in place and is served on. */
export function markFailed(draft: SourceDraft, problem: SourceProblem): SourceDraft {
  const { reason, message, condition = types.fetchFailed, isStalling } = problem;
  const others = failureTypes.filter((type) => type !== condition);
  const conditions = withoutConditions(draft.status.conditions ?? [], ...others);
  const failed = say(
    { ...draft, status: { ...draft.status, conditions } },
    { type: condition, status: condition === types.sourceVerified ? 'False' : 'True', reason, message },
    isStalling
      ? { type: types.stalled, status: 'True', reason, message }
      : { type: types.reconciling, status: 'True', reason: reasons.progressingWithRetry, message },
    { type: types.ready, status: 'False', reason, message },
  );
  return isStalling ? markObserved(failed) : markHandled(failed);
}

/** Of these one at most is said: what went wrong last. */
const failureTypes: readonly string[] = [
  types.fetchFailed,
  types.includeUnavailable,
  types.storageOperationFailed,
];

/** Whether the last run failed, so that a good one is a recovery. */
export function hasFailed({ conditions }: SourceStatus): boolean {
  return (
    [...failureTypes, types.stalled].some((type) => isConditionTrue(conditions, type)) ||
    findCondition(conditions, types.sourceVerified)?.status === 'False'
  );
}

export function generationOf({ metadata }: Pick<SourceObject, 'metadata'>): number {
  return metadata.generation ?? 0;
}

function markObserved(draft: SourceDraft): SourceDraft {
  const handled = markHandled(draft);
  return {
    ...handled,
    status: { ...handled.status, observedGeneration: generationOf(draft.object) },
  };
}

function markHandled(draft: SourceDraft): SourceDraft {
  const requestedAt = draft.object.metadata.annotations?.[fluxKeys.requestedAt];
  if (requestedAt === undefined) return draft;
  return { ...draft, status: { ...draft.status, lastHandledReconcileAt: requestedAt } };
}

function progress(draft: SourceDraft, message: string): SourceDraft {
  return say(
    draft,
    { type: types.reconciling, status: 'True', reason: reasons.progressing, message },
    { type: types.ready, status: 'Unknown', reason: reasons.progressing, message },
  );
}

function say(draft: SourceDraft, ...words: readonly ConditionWords[]): SourceDraft {
  const context = { now: draft.now, generation: generationOf(draft.object) };
  const start = draft.status.conditions ?? [];
  const conditions = words.reduce((list, each) => withCondition(list, each, context), start);
  return { ...draft, status: { ...draft.status, conditions } };
}
