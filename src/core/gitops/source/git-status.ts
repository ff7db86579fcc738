import type { Artifact, GitRepository, GitRepositoryStatus } from '#api/flux/git-repository.js';
import { fluxConditions as types, fluxKeys, fluxReasons as reasons } from '#api/flux/words.js';
import { isConditionTrue } from '#core/kube/conditions.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { withCondition, withoutConditions, type ConditionWords } from '../flux-conditions.js';
import type { FetchedSource, SourceProblem } from './git-memory.js';

/** A draft of the next status: pure steps over it put the words in. */
export interface GitDraft {
  readonly object: GitRepository;
  readonly now: Instant;
  readonly status: GitRepositoryStatus;
}

export function draftOf(object: GitRepository, now: Instant): GitDraft {
  return { object, now, status: object.status ?? {} };
}

/** A run begins that the user waits for: the object is not known to be up to date. */
export function markStarted(draft: GitDraft): GitDraft {
  const { conditions, observedGeneration } = draft.status;
  const isCurrent = observedGeneration === generationOf(draft) && isConditionTrue(conditions, types.ready);
  if (isCurrent || conditions?.some((c) => c.type === types.reconciling) === true) return draft;
  const message = 'reconciliation in progress';
  return say(
    draft,
    { type: types.reconciling, status: 'True', reason: reasons.progressing, message },
    { type: types.ready, status: 'Unknown', reason: reasons.progressing, message },
  );
}

/** The remote has another revision than the artifact. */
export function markOutdated(draft: GitDraft, revision: string): GitDraft {
  const message = `new upstream revision '${revision}'`;
  const building = `building artifact: ${message}`;
  return say(
    draft,
    { type: types.artifactOutdated, status: 'True', reason: reasons.newRevision, message },
    { type: types.reconciling, status: 'True', reason: reasons.progressing, message: building },
    { type: types.ready, status: 'Unknown', reason: reasons.progressing, message: building },
  );
}

/** The artifact that the status named is not in storage any more. */
export function dropArtifact(draft: GitDraft): GitDraft {
  const { artifact: _lost, ...status } = draft.status;
  const conditions = withoutConditions(status.conditions ?? [], types.artifactInStorage);
  return { ...draft, status: { ...status, conditions } };
}

/** A new artifact is stored. */
export function setArtifact(draft: GitDraft, fetched: FetchedSource): GitDraft {
  const { subject: _subject, ...stored } = fetched;
  const artifact: Artifact = { ...stored, lastUpdateTime: formatInstant(draft.now) };
  return { ...draft, status: { ...draft.status, artifact } };
}

/** The artifact is served elsewhere than the status says. */
export function setArtifactUrl(draft: GitDraft, url: string): GitDraft {
  const { artifact } = draft.status;
  if (artifact === undefined || artifact.url === url) return draft;
  return { ...draft, status: { ...draft.status, artifact: { ...artifact, url } } };
}

/** The run ended well: the artifact in the status is what the spec asks for. */
export function markReady(draft: GitDraft): GitDraft {
  const { object, status } = draft;
  const revision = status.artifact?.revision ?? '';
  const message = `stored artifact for revision '${revision}'`;
  const cleared = {
    ...draft,
    status: {
      ...status,
      conditions: withoutConditions(
        status.conditions ?? [],
        types.reconciling,
        types.stalled,
        types.fetchFailed,
        types.artifactOutdated,
        types.storageOperationFailed,
        types.includeUnavailable,
      ),
    },
  };
  const said = say(
    cleared,
    { type: types.ready, status: 'True', reason: reasons.succeeded, message },
    { type: types.artifactInStorage, status: 'True', reason: reasons.succeeded, message },
  );
  const next = withObserved(said.status, object);
  return markHandled({ ...said, status: { ...next, observedGeneration: generationOf(draft) } });
}

/** The run failed. The artifact stays in place and is served on. */
export function markFailed(draft: GitDraft, problem: SourceProblem): GitDraft {
  const { reason, message } = problem;
  const failed = say(
    draft,
    { type: types.fetchFailed, status: 'True', reason, message },
    problem.isStalling
      ? { type: types.stalled, status: 'True', reason, message }
      : { type: types.reconciling, status: 'True', reason: reasons.progressingWithRetry, message },
    { type: types.ready, status: 'False', reason, message },
  );
  const handled = markHandled(failed);
  if (!problem.isStalling) return handled;
  return { ...handled, status: { ...handled.status, observedGeneration: generationOf(draft) } };
}

/** What of the spec shaped the artifact besides the revision; absent fields are left out, as in the status. */
export function contentFieldsOf(object: GitRepository): Partial<GitRepositoryStatus> {
  const { ignore, recurseSubmodules, sparseCheckout, include } = object.spec;
  return {
    ...(ignore === undefined ? {} : { observedIgnore: ignore }),
    ...(recurseSubmodules === true ? { observedRecurseSubmodules: true } : {}),
    ...(sparseCheckout === undefined ? {} : { observedSparseCheckout: sparseCheckout }),
    ...(include === undefined ? {} : { observedInclude: include }),
  };
}

/** The content fields that the status remembers. */
export function observedFieldsOf(status: GitRepositoryStatus): Partial<GitRepositoryStatus> {
  const { observedIgnore, observedRecurseSubmodules, observedSparseCheckout, observedInclude } = status;
  return {
    ...(observedIgnore === undefined ? {} : { observedIgnore }),
    ...(observedRecurseSubmodules === true ? { observedRecurseSubmodules } : {}),
    ...(observedSparseCheckout === undefined ? {} : { observedSparseCheckout }),
    ...(observedInclude === undefined ? {} : { observedInclude }),
  };
}

export function generationOf({ object }: Pick<GitDraft, 'object'>): number {
  return object.metadata.generation ?? 0;
}

function withObserved(status: GitRepositoryStatus, object: GitRepository): GitRepositoryStatus {
  const {
    observedIgnore: _ignore,
    observedRecurseSubmodules: _submodules,
    observedSparseCheckout: _sparse,
    observedInclude: _include,
    ...rest
  } = status;
  return { ...rest, ...contentFieldsOf(object) };
}

function markHandled(draft: GitDraft): GitDraft {
  const requestedAt = draft.object.metadata.annotations?.[fluxKeys.requestedAt];
  if (requestedAt === undefined) return draft;
  return { ...draft, status: { ...draft.status, lastHandledReconcileAt: requestedAt } };
}

function say(draft: GitDraft, ...words: readonly ConditionWords[]): GitDraft {
  const context = { now: draft.now, generation: generationOf(draft) };
  const start = draft.status.conditions ?? [];
  const conditions = words.reduce((list, each) => withCondition(list, each, context), start);
  return { ...draft, status: { ...draft.status, conditions } };
}
