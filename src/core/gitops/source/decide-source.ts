import type { SourceObject } from '#api/flux/source.js';
import { fluxFinalizer, fluxKeys, fluxReasons as reasons } from '#api/flux/words.js';
import type { Decision, EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import type { Instant } from '#core/time/instant.js';
import { finish, fail, metadataOf, type SourceEnd } from './end-run.js';
import type { Observed, SourceModel, SourceTarget } from './source-model.js';
import type { SourceMemory, SourceProblem, SourceRun } from './source-run.js';
import {
  draftOf,
  dropArtifact,
  generationOf,
  markOutdated,
  markReady,
  markStarted,
  markVerified,
  setArtifact,
  setArtifactUrl,
  type AnySourceStatus,
  type SourceDraft,
} from './source-status.js';

export interface SourceSnapshot<O extends SourceObject, S> {
  readonly now: Instant;
  readonly object: O;
  readonly memory: SourceMemory<S>;
  readonly settings: SourceSettings;
  /** What another object must do first. */
  readonly prerequisite?: SourceProblem;
  /** What of other objects is part of the artifact, as it stands in their status; it is put into ours. */
  readonly included?: Observed;
}

export interface SourceSettings {
  /** The interval of each object differs from its spec by up to this. */
  readonly intervalJitterPercent: number;
  /** How long an object that waits for another one waits before it looks again. */
  readonly dependencyMs: number;
}

export const defaultSourceSettings: SourceSettings = { intervalJitterPercent: 0, dependencyMs: 30_000 };

/** What a pass over a source may do. Those that look at something answer with a SourceObservation. */
export type SourceAction<T extends SourceTarget> =
  | { readonly kind: 'addFinalizer' }
  | { readonly kind: 'removeFinalizer' }
  | { readonly kind: 'verifyArtifact' }
  | { readonly kind: 'lookAtRemote' }
  | { readonly kind: 'verifySource'; readonly target: T }
  | { readonly kind: 'fetchSource'; readonly target: T }
  | { readonly kind: 'collectGarbage'; readonly current: string }
  | { readonly kind: 'removeArtifacts' };

export interface SourceDecision<S, T extends SourceTarget> extends Decision<
  SourceAction<T>,
  AnySourceStatus
> {
  /** What to remember when the decision has been executed, before what its actions saw. */
  readonly memory: SourceMemory<S>;
}

/** One pass: guards, then the next step of the run under way, or of a new one when one is due. */
export function decideSource<O extends SourceObject, S, T extends SourceTarget>(
  model: SourceModel<O, S, T>,
  snapshot: SourceSnapshot<O, S>,
): SourceDecision<S, T> {
  const { now, object, memory } = snapshot;
  const draft = draftOf(object, now);
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) {
    const actions: readonly SourceAction<T>[] = finalizers.includes(fluxFinalizer)
      ? [{ kind: 'removeArtifacts' }, { kind: 'removeFinalizer' }]
      : [];
    return step(draft, {}, 'is being deleted: its artifacts go', { actions });
  }
  if (!finalizers.includes(fluxFinalizer)) {
    return step(draft, memory, 'gets its finalizer', { actions: [{ kind: 'addFinalizer' }], requeueAt: now });
  }
  if (object.spec.suspend === true) return step(draft, {}, 'is suspended');
  const trigger = triggerOf(object);
  const run = memory.run?.trigger === trigger ? memory.run : undefined;
  if (run !== undefined) return new Run(model, snapshot, run).next();
  if (isDue(snapshot)) {
    const started = { startedAt: now, trigger };
    return new Run(model, { ...snapshot, memory: { ...memory, run: started } }, started).next();
  }
  const nextAt = memory.last?.nextAt;
  const timer = nextAt === undefined ? {} : { requeueAt: nextAt };
  return step(draft, memory, 'is up to date until the next look', timer);
}

/** The next step of one run: pure, made anew in every pass. */
class Run<O extends SourceObject, S, T extends SourceTarget> {
  readonly #model: SourceModel<O, S, T>;
  readonly #snapshot: SourceSnapshot<O, S>;
  readonly #run: SourceRun<S>;

  constructor(model: SourceModel<O, S, T>, snapshot: SourceSnapshot<O, S>, run: SourceRun<S>) {
    this.#model = model;
    this.#snapshot = snapshot;
    this.#run = run;
  }

  next(): SourceDecision<S, T> {
    const { object, now, prerequisite } = this.#snapshot;
    const draft = markStarted(draftOf(object, now));
    const problem = this.#model.specProblem(object);
    if (problem !== undefined) return this.#fail(draft, problem);
    const { stored } = this.#run;
    const artifact = object.status?.artifact;
    if (stored === undefined && artifact !== undefined) {
      return this.#gather(draft, { kind: 'verifyArtifact' }, 'checks the stored artifact');
    }
    if ((stored === 'missing' || stored === 'corrupt') && artifact !== undefined) {
      return step(dropArtifact(draft), this.#snapshot.memory, `lost its artifact: ${stored}`, {
        requeueAt: now,
        events: stored === 'corrupt' ? [corruptionEvent(artifact.revision)] : [],
      });
    }
    if (prerequisite !== undefined) return this.#fail(draft, prerequisite);
    return this.#resolve(draft);
  }

  /** Which revision is meant, by what the remote offers. */
  #resolve(draft: SourceDraft): SourceDecision<S, T> {
    const { object } = this.#snapshot;
    const { seen } = this.#run;
    if (seen === undefined && this.#model.needsLook(object)) {
      return this.#gather(draft, { kind: 'lookAtRemote' }, 'asks the remote what it offers');
    }
    if (seen?.ok === false) return this.#fail(draft, seen.problem);
    const resolved = this.#model.resolve(object, seen?.value);
    return resolved.ok ? this.#verify(draft, resolved.value) : this.#fail(draft, resolved.problem);
  }

  #verify(draft: SourceDraft, target: T): SourceDecision<S, T> {
    const { verified } = this.#run;
    if (this.#model.needsVerification?.(this.#snapshot.object, target) !== true || this.#run.fetched?.ok) {
      return this.#content(draft, target);
    }
    if (verified === undefined) {
      return this.#gather(draft, { kind: 'verifySource', target }, `verifies ${target.revision}`);
    }
    if (!verified.ok) return this.#fail(draft, verified.problem);
    return this.#content(markVerified(draft, verified.value), target);
  }

  #content(draft: SourceDraft, target: T): SourceDecision<S, T> {
    const { object, included } = this.#snapshot;
    const { fetched, url, verified } = this.#run;
    const { artifact } = draft.status;
    const isIncludedSame = isEqual(included ?? {}, pick(draft.status, included));
    if (fetched === undefined && artifact?.revision === target.revision && this.#isContentSame(draft)) {
      const moved = url === undefined ? draft : setArtifactUrl(draft, url);
      return this.#finish(moved, included, []);
    }
    if (fetched?.ok === false) return this.#fail(draft, fetched.problem);
    if (fetched === undefined) {
      const words = this.#model.outdatedMessage(object, target.revision);
      const isNew = artifact?.revision !== target.revision;
      const outdated = isNew
        ? markOutdated(draft, reasons.newRevision, words)
        : isIncludedSame
          ? draft
          : markOutdated(draft, reasons.includeChange, includeWords);
      return this.#gather(outdated, { kind: 'fetchSource', target }, `fetches ${target.revision}`);
    }
    const { value } = fetched;
    const signer = value.verified ?? (verified?.ok === true ? verified.value : undefined);
    const stored = setArtifact(signer === undefined ? draft : markVerified(draft, signer), value);
    const message = this.#model.newArtifactMessage(object, value);
    const { digest, revision } = value;
    const metadata = metadataOf({ digest, revision });
    const event: EventRecord = { type: 'Normal', reason: reasons.newArtifact, message, metadata };
    const isSameBytes = object.status?.artifact?.digest === value.digest;
    return this.#finish(stored, value.included, isSameBytes ? [] : [event]);
  }

  #isContentSame(draft: SourceDraft): boolean {
    const { object, included } = this.#snapshot;
    if (this.#model.needsRefetch?.(object) === true) return false;
    const isObserved = isEqual(this.#model.contentOf(object), this.#model.observedOf(draft.status));
    return isObserved && isEqual(included ?? {}, pick(draft.status, included));
  }

  /** Says first what is going on, and looks in the pass after that, so that a slow remote can be seen. */
  #gather(draft: SourceDraft, action: SourceAction<T>, because: string): SourceDecision<S, T> {
    const isSaid = isEqual(draft.status, draft.object.status ?? {});
    return step(draft, this.#snapshot.memory, because, {
      actions: isSaid ? [action] : [],
      requeueAt: draft.now,
    });
  }

  #finish(
    draft: SourceDraft,
    included: Observed | undefined,
    events: readonly EventRecord[],
  ): SourceDecision<S, T> {
    const { object } = this.#snapshot;
    const { artifact } = draft.status;
    const message = artifact === undefined ? '' : this.#model.storedMessage(artifact);
    const ready = markReady(draft, message);
    const judged = this.#model.isVerified(object) ? ready : markVerified(ready, undefined);
    const status = this.#observe(judged.status, included);
    const actions: readonly SourceAction<T>[] =
      artifact === undefined ? [] : [{ kind: 'collectGarbage', current: artifact.path }];
    return this.#end(finish(this.#snapshot, { ...judged, status }, events, message), actions);
  }

  /** The status with what the spec says now in the place of what it said when the last artifact was made. */
  #observe(status: AnySourceStatus, included: Observed = {}): AnySourceStatus {
    const { object } = this.#snapshot;
    const old = new Set([...Object.keys(this.#model.observedOf(status)), 'includedArtifacts']);
    const rest = Object.entries(status).filter(([key]) => !old.has(key));
    const more = { ...this.#model.contentOf(object), ...included, ...this.#model.statusOf?.(object) };
    const all = [...new Map([...rest, ...Object.entries(more)])];
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }

  #fail(draft: SourceDraft, problem: SourceProblem): SourceDecision<S, T> {
    return this.#end(fail(this.#snapshot, draft, problem, this.#model.remote), []);
  }

  #end(end: SourceEnd, actions: readonly SourceAction<T>[]): SourceDecision<S, T> {
    const { draft, last, because, events, waitingFor } = end;
    const timer = last.nextAt === undefined ? {} : { requeueAt: last.nextAt };
    const memory = { last: { trigger: triggerOf(this.#snapshot.object), ...last } };
    return step(draft, memory, because, { actions, events, waitingFor, ...timer });
  }
}

const includeWords = 'included artifacts differ from last observed includes';

function pick(status: AnySourceStatus, like: Observed | undefined): Observed {
  const keys = Object.keys(like ?? {}).filter((key) => status[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, status[key]]));
}

function corruptionEvent(revision: string): EventRecord {
  const message = `stored artifact of ${revision} does not have its digest any more; it is made again`;
  return { type: 'Warning', reason: 'ArtifactVerificationFailed', message };
}

function isDue<S>({ now, object, memory: { last } }: SourceSnapshot<SourceObject, S>): boolean {
  if (last === undefined || last.trigger !== triggerOf(object)) return true;
  return last.nextAt !== undefined && now >= last.nextAt;
}

function triggerOf(object: SourceObject): string {
  return `${generationOf(object)}|${object.metadata.annotations?.[fluxKeys.requestedAt] ?? ''}`;
}

function step<S, T extends SourceTarget>(
  draft: SourceDraft,
  memory: SourceMemory<S>,
  because: string,
  more: Partial<Pick<SourceDecision<S, T>, 'actions' | 'events' | 'requeueAt' | 'waitingFor'>> = {},
): SourceDecision<S, T> {
  return { actions: [], events: [], waitingFor: [], status: draft.status, memory, because, ...more };
}
