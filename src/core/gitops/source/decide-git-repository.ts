import type { GitRepository, GitRepositoryStatus } from '#api/flux/git-repository.js';
import { fluxFinalizer, fluxKeys, fluxReasons as reasons } from '#api/flux/words.js';
import type { Decision, EventRecord, Wait } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import { isConditionTrue } from '#core/kube/conditions.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { spreadInterval } from '../interval.js';
import type { GitMemory, GitRun, SourceProblem } from './git-memory.js';
import { needsListing, resolveGitRef, type ResolvedRef } from './git-refs.js';
import { gitSpecProblem, retryDelayMs } from './git-spec.js';
import {
  contentFieldsOf,
  draftOf,
  dropArtifact,
  generationOf,
  markFailed,
  markOutdated,
  markReady,
  markStarted,
  observedFieldsOf,
  setArtifact,
  setArtifactUrl,
  type GitDraft,
} from './git-status.js';

export interface GitRepositorySnapshot {
  readonly now: Instant;
  readonly object: GitRepository;
  readonly memory: GitMemory;
  readonly settings: GitRepositorySettings;
}

export interface GitRepositorySettings {
  /** The interval of each object differs from its spec by up to this. */
  readonly intervalJitterPercent: number;
}

export const defaultGitRepositorySettings: GitRepositorySettings = { intervalJitterPercent: 0 };

/** What a pass over a GitRepository may do. Those that look at something answer with a GitObservation. */
export type GitAction =
  | { readonly kind: 'addFinalizer' }
  | { readonly kind: 'removeFinalizer' }
  | { readonly kind: 'verifyArtifact' }
  | { readonly kind: 'listRemote' }
  | {
      readonly kind: 'fetchSource';
      readonly commit: string;
      readonly ref?: string;
      readonly revision: string;
    }
  | { readonly kind: 'collectGarbage'; readonly current: string }
  | { readonly kind: 'removeArtifacts' };

export interface GitDecision extends Decision<GitAction, GitRepositoryStatus> {
  /** What to remember when the decision has been executed, before what its actions saw. */
  readonly memory: GitMemory;
}

/** One pass: guards, then the next step of the run under way, or of a new one when one is due. */
export function decideGitRepository(snapshot: GitRepositorySnapshot): GitDecision {
  const { now, object, memory } = snapshot;
  const draft = draftOf(object, now);
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) {
    const actions: readonly GitAction[] = finalizers.includes(fluxFinalizer)
      ? [{ kind: 'removeArtifacts' }, { kind: 'removeFinalizer' }]
      : [];
    return step(draft, {}, 'is being deleted: its artifacts go', { actions });
  }
  if (!finalizers.includes(fluxFinalizer)) {
    return step(draft, memory, 'gets its finalizer', { actions: [{ kind: 'addFinalizer' }], requeueAt: now });
  }
  if (object.spec.suspend === true) return step(draft, {}, 'is suspended');
  const run = memory.run?.trigger === triggerOf(object) ? memory.run : undefined;
  if (run !== undefined) return decideRun(snapshot, run);
  if (isDue(snapshot)) {
    const started = { startedAt: now, trigger: triggerOf(object) };
    return decideRun({ ...snapshot, memory: { ...memory, run: started } }, started);
  }
  const nextAt = memory.last?.nextAt;
  const timer = nextAt === undefined ? {} : { requeueAt: nextAt };
  return step(draft, memory, 'is up to date until the next look', timer);
}

function decideRun(snapshot: GitRepositorySnapshot, run: GitRun): GitDecision {
  const { object, memory, now } = snapshot;
  const draft = markStarted(draftOf(object, now));
  const problem = gitSpecProblem(object.spec);
  if (problem !== undefined) return fail(snapshot, draft, problem);
  if (run.stored === undefined && object.status?.artifact !== undefined) {
    return gather(draft, memory, { kind: 'verifyArtifact' }, 'checks the stored artifact');
  }
  const checked = run.stored === 'missing' || run.stored === 'corrupt' ? dropArtifact(draft) : draft;
  if (checked !== draft && object.status?.artifact !== undefined) {
    return step(checked, memory, `lost its artifact: ${run.stored ?? ''}`, {
      requeueAt: now,
      events: run.stored === 'corrupt' ? [corruptionEvent(object.status.artifact.revision)] : [],
    });
  }
  return decideRemote(snapshot, run, checked);
}

/** Which commit is meant, by what the remote offers. */
function decideRemote(snapshot: GitRepositorySnapshot, run: GitRun, checked: GitDraft): GitDecision {
  const { object, memory } = snapshot;
  if (run.refs === undefined && needsListing(object.spec.ref)) {
    return gather(checked, memory, { kind: 'listRemote' }, 'asks the remote for its refs');
  }
  if (run.refs?.ok === false) return fail(snapshot, checked, run.refs.problem);
  const refs = run.refs?.value ?? { refs: {} };
  if (needsListing(object.spec.ref) && Object.keys(refs.refs).length === 0) {
    const message = 'failed to checkout and determine revision: the repository is empty';
    return fail(snapshot, checked, { reason: reasons.emptyGitRepository, message, isStalling: false });
  }
  const resolved = resolveGitRef(object.spec.ref, refs);
  if (!resolved.ok) {
    const message = `failed to checkout and determine revision: unable to clone '${object.spec.url}': ${resolved.problem}; push it or change spec.ref`;
    return fail(snapshot, checked, { reason: reasons.gitOperationFailed, message, isStalling: false });
  }
  return decideContent(snapshot, run, checked, resolved);
}

function corruptionEvent(revision: string): EventRecord {
  const message = `stored artifact of ${revision} does not have its digest any more; it is made again`;
  return { type: 'Warning', reason: 'ArtifactVerificationFailed', message };
}

function decideContent(
  snapshot: GitRepositorySnapshot,
  run: GitRun,
  draft: GitDraft,
  resolved: ResolvedRef & { readonly ok: true },
): GitDecision {
  const { artifact } = draft.status;
  const isSameContent = isEqual(contentFieldsOf(draft.object), observedFieldsOf(draft.status));
  if (run.fetched === undefined && artifact?.revision === resolved.revision && isSameContent) {
    const moved = run.url === undefined ? draft : setArtifactUrl(draft, run.url);
    return finish(snapshot, markReady(moved), recoveryEvents(snapshot), artifact.path);
  }
  if (run.fetched?.ok === false) return fail(snapshot, draft, run.fetched.problem);
  if (run.fetched === undefined) {
    const { commit, ref, revision } = resolved;
    const outdated = artifact?.revision === revision ? draft : markOutdated(draft, revision);
    const action: GitAction = {
      kind: 'fetchSource',
      commit,
      revision,
      ...(ref === undefined ? {} : { ref }),
    };
    return gather(outdated, snapshot.memory, action, `fetches ${revision}`);
  }
  const { subject, path, revision } = run.fetched.value;
  const event: EventRecord = {
    type: 'Normal',
    reason: reasons.newArtifact,
    message: `stored artifact for commit '${Array.from(subject).slice(0, 50).join('')}' (${revision})`,
  };
  return finish(snapshot, markReady(setArtifact(draft, run.fetched.value)), [event], path);
}

/** Says first what is going on, and looks in the pass after that, so that a slow remote can be seen. */
function gather(draft: GitDraft, memory: GitMemory, action: GitAction, because: string): GitDecision {
  const isSaid = isEqual(draft.status, draft.object.status ?? {});
  return step(draft, memory, because, { actions: isSaid ? [action] : [], requeueAt: draft.now });
}

function finish(
  { now, object, settings }: GitRepositorySnapshot,
  draft: GitDraft,
  events: readonly EventRecord[],
  current: string,
): GitDecision {
  const interval = parseGoDuration(object.spec.interval) ?? 60_000;
  const spread = spreadInterval(interval, settings.intervalJitterPercent, object.metadata.uid);
  const nextAt = addMs(now, spread);
  const last = { trigger: triggerOf(object), failures: 0, nextAt };
  return step(draft, { last }, `has ${draft.status.artifact?.revision ?? 'nothing'} in store`, {
    actions: [{ kind: 'collectGarbage', current }],
    events,
    requeueAt: nextAt,
  });
}

function fail(
  { now, object, memory }: GitRepositorySnapshot,
  draft: GitDraft,
  problem: SourceProblem,
): GitDecision {
  const failures = (memory.last?.failures ?? 0) + 1;
  const nextAt = problem.isStalling ? undefined : addMs(now, retryDelayMs(failures));
  const timer = nextAt === undefined ? {} : { nextAt };
  const failed = markFailed(draft, problem);
  const wait: Wait = {
    what: problem.message,
    unblockedBy: problem.isStalling ? "the user's manifest" : 'the Git server',
    ...(nextAt === undefined ? {} : { until: nextAt }),
  };
  return step(failed, { last: { trigger: triggerOf(object), failures, ...timer } }, problem.message, {
    events: [{ type: 'Warning', reason: problem.reason, message: problem.message }],
    waitingFor: [wait],
    ...(nextAt === undefined ? {} : { requeueAt: nextAt }),
  });
}

function recoveryEvents({ object }: GitRepositorySnapshot): readonly EventRecord[] {
  const { conditions, artifact } = object.status ?? {};
  const hadFailed = isConditionTrue(conditions, 'FetchFailed') || isConditionTrue(conditions, 'Stalled');
  if (!hadFailed) return [];
  const message = `stored artifact for revision '${artifact?.revision ?? ''}'`;
  return [{ type: 'Normal', reason: reasons.succeeded, message }];
}

function isDue({ now, object, memory: { last } }: GitRepositorySnapshot): boolean {
  if (last === undefined || last.trigger !== triggerOf(object)) return true;
  return last.nextAt !== undefined && now >= last.nextAt;
}

function triggerOf(object: GitRepository): string {
  return `${generationOf({ object })}|${object.metadata.annotations?.[fluxKeys.requestedAt] ?? ''}`;
}

function step(
  draft: GitDraft,
  memory: GitMemory,
  because: string,
  more: Partial<Pick<GitDecision, 'actions' | 'events' | 'requeueAt' | 'waitingFor'>> = {},
): GitDecision {
  return { actions: [], events: [], waitingFor: [], status: draft.status, memory, because, ...more };
}
