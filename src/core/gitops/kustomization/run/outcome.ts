import type { EventRecord, Wait } from '#core/decision/decision.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import { isEqual } from '#core/json/json.js';
import { findCondition } from '#core/kube/conditions.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { askedOnAbort } from '../../on-abort/policy.js';
import { withRun } from '../model/history.js';
import { leasedMemory } from '../leased-fields.js';
import type { KustomizationMemory, KustomizationRun, OnAbortMemory } from '../model/kustomization-run.js';
import type {
  KustomizationAction,
  KustomizationDecision,
  KustomizationSnapshot,
} from '../model/kustomization-snapshot.js';
import { requestedAt, retryMs } from '../model/kustomization-spec.js';
import {
  markFailed,
  setAttempted,
  setInventory,
  type KustomizationDraft,
} from '../model/kustomization-status.js';

type More = Partial<Pick<KustomizationDecision, 'actions' | 'events' | 'requeueAt' | 'waitingFor'>>;

/** Events with the revision that they are about, for those who are notified. */
export function withRevision(
  snapshot: Pick<KustomizationSnapshot, 'source'>,
  events: readonly EventRecord[],
): readonly EventRecord[] {
  if (snapshot.source.artifact === undefined) return events;
  const about = historyMetadata(snapshot);
  return events.map((event) => ({ ...event, metadata: { ...about, ...event.metadata } }));
}

/** A decision with this draft as its status. */
export function outcome(
  draft: KustomizationDraft,
  memory: KustomizationMemory,
  because: string,
  more: More = {},
): KustomizationDecision {
  return { actions: [], events: [], waitingFor: [], status: draft.status, memory, because, ...more };
}

/** The next step of the run under way. What goes on is said first; the step follows in the pass after that. */
export function stepOf(
  draft: KustomizationDraft,
  memory: KustomizationMemory,
  action: KustomizationAction,
  because: string,
  events: readonly EventRecord[] = [],
): KustomizationDecision {
  const isSaid = isEqual(draft.status, draft.object.status ?? {});
  return outcome(draft, memory, because, {
    actions: isSaid ? [action] : [],
    events: isSaid ? events : [],
    requeueAt: draft.now,
  });
}

export interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly unblockedBy: string;
  /** What the event says; default the message. */
  readonly told?: string;
  /** Instead of the retry interval. */
  readonly retryMs?: number;
}

/** The run ends in failure and begins anew after the retry interval. */
export function failRun(
  snapshot: KustomizationSnapshot,
  draft: KustomizationDraft,
  run: KustomizationRun,
  failure: Failure,
): KustomizationDecision {
  const { now, object, memory } = snapshot;
  const nextAt = addMs(now, failure.retryMs ?? retryMs(object.spec));
  const { built } = run;
  const history =
    built?.ok === true
      ? withRun(draft.status.history ?? [], {
          digest: built.digest,
          status: failure.reason,
          startedAt: run.startedAt,
          finishedAt: now,
          metadata: historyMetadata(snapshot),
        })
      : undefined;
  // A revision whose files could not be had was not tried.
  const isTried = built !== undefined && failure.reason !== reasons.artifactFailed;
  const attempted = isTried ? setAttempted(draft, snapshot.source.artifact?.revision ?? '') : draft;
  const failed = markFailed(withApplied(attempted, run), failure.reason, failure.message);
  const status = history === undefined ? failed.status : { ...failed.status, history };
  const last = { trigger: run.trigger, finishedAt: now, nextAt, isOk: false };
  const { managed, managedAs } = memory;
  const known = {
    ...(managed === undefined ? {} : { managed }),
    ...(managedAs === undefined ? {} : { managedAs }),
  };
  const kept = {
    last,
    ...known,
    ...leasedMemory(snapshot),
    onAbort: onAbortMemory(snapshot, run, memory.onAbort?.keeping),
  };
  return outcome({ ...failed, status }, kept, failure.message, {
    events: withRevision(snapshot, [{ type: 'Warning', reason: failure.reason, message: failure.message }]),
    waitingFor: [waitFor(failure, nextAt)],
    requeueAt: nextAt,
  });
}

/** What is remembered of aborted releases when a run has ended. */
export function onAbortMemory(
  { object, now }: KustomizationSnapshot,
  { aborts, reverts = [] }: KustomizationRun,
  keeping: readonly string[] = [],
): OnAbortMemory {
  const failed = reverts.flatMap(({ key, ok }) => (ok ? [] : [key]));
  const again = failed.length === 0 ? {} : { failed, againAt: addMs(now, retryMs(object.spec)) };
  return { judged: aborts, asked: askedOnAbort(object), keeping, ...again };
}

/**
 * What a run that failed halfway has applied, or may have, is in the inventory, so that it is deleted when it leaves the
 * source; what it had announced and not come to leaves it again.
 */
function withApplied(
  draft: KustomizationDraft,
  { stages, inventoryBefore }: KustomizationRun,
): KustomizationDraft {
  const done = new Set(
    stages.flatMap(({ applied = [], earlier = [] }) =>
      [...earlier, ...applied].flatMap(({ id, object, isUncertain }) =>
        object === undefined && isUncertain !== true ? [] : [id],
      ),
    ),
  );
  if (inventoryBefore === undefined) return draft;
  const before = new Set(inventoryBefore.map(({ id }) => id));
  const entries = draft.status.inventory?.entries ?? [];
  return setInventory(
    draft,
    entries.filter(({ id }) => before.has(id) || done.has(id)),
  );
}

/** Something outside is not ready: no run begins; it is looked at again when it changes, or after a fixed time. */
export function notReady(
  snapshot: KustomizationSnapshot,
  draft: KustomizationDraft,
  failure: Failure,
): KustomizationDecision {
  const { now, object, memory, settings } = snapshot;
  const nextAt = addMs(now, failure.retryMs ?? settings.dependencyMs);
  const failed = markFailed(draft, failure.reason, failure.message);
  const ready = findCondition(object.status?.conditions, 'Ready');
  const isNews = ready?.reason !== failure.reason || ready.message !== failure.message;
  const type = failure.reason === reasons.dependencyNotReady ? 'Normal' : 'Warning';
  const event: EventRecord = { type, reason: failure.reason, message: failure.told ?? failure.message };
  const { run: _run, ...kept } = memory;
  return outcome(failed, kept, failure.message, {
    events: isNews ? withRevision(snapshot, [event]) : [],
    waitingFor: [waitFor(failure, nextAt)],
    requeueAt: nextAt,
  });
}

/** What a run answers: generation, requestedAt, what the source has in store and the inputs that are watched. */
export function triggerOf({ object, source, inputs }: KustomizationSnapshot): string {
  const { revision = '', digest = '', url = '' } = source.artifact ?? {};
  const { generation = 0 } = object.metadata;
  const asked = [requestedAt(object) ?? '', askedOnAbort(object)];
  return [generation, ...asked, revision, digest, url, ...inputs].join('|');
}

/** What history and events say about the revision. */
export function historyMetadata({
  source,
}: Pick<KustomizationSnapshot, 'source'>): Readonly<Record<string, string>> {
  const origin = originRevisionOf({ source });
  return {
    revision: source.artifact?.revision ?? '',
    ...(origin === undefined ? {} : { originRevision: origin }),
  };
}

/** The revision of the code that an OCI artifact was built from. */
export function originRevisionOf({ source }: Pick<KustomizationSnapshot, 'source'>): string | undefined {
  return source.artifact?.metadata?.['org.opencontainers.image.revision'];
}

function waitFor({ message, unblockedBy }: Failure, until: Instant): Wait {
  return { what: message, unblockedBy, until };
}
