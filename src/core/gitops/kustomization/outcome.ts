import type { EventRecord, Wait } from '#core/decision/decision.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import { isEqual } from '#core/json/json.js';
import { findCondition } from '#core/kube/conditions.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { inventoryOf } from '../apply/inventory.js';
import { withRun } from './history.js';
import type { KustomizationMemory, KustomizationRun } from './kustomization-run.js';
import type {
  KustomizationAction,
  KustomizationDecision,
  KustomizationSnapshot,
} from './kustomization-snapshot.js';
import { requestedAt, retryMs } from './kustomization-spec.js';
import { markFailed, setInventory, type KustomizationDraft } from './kustomization-status.js';

type More = Partial<Pick<KustomizationDecision, 'actions' | 'events' | 'requeueAt' | 'waitingFor'>>;

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
  const failed = markFailed(withApplied(draft, run), failure.reason, failure.message);
  const status = history === undefined ? failed.status : { ...failed.status, history };
  const last = { trigger: run.trigger, finishedAt: now, nextAt, isOk: false };
  const managed = memory.managed === undefined ? {} : { managed: memory.managed };
  return outcome({ ...failed, status }, { last, ...managed }, failure.message, {
    events: [{ type: 'Warning', reason: failure.reason, message: failure.message }],
    waitingFor: [waitFor(failure, nextAt)],
    requeueAt: nextAt,
  });
}

/** What a run that failed halfway has applied is in the inventory, so that it is deleted when it leaves the source. */
function withApplied(draft: KustomizationDraft, { stages }: KustomizationRun): KustomizationDraft {
  const applied = stages.flatMap(({ applied: results = [] }) =>
    results.flatMap(({ object }) => (object === undefined ? [] : [object])),
  );
  const entries = draft.status.inventory?.entries ?? [];
  const known = new Set(entries.map(({ id }) => id));
  const fresh = inventoryOf(applied).filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? draft : setInventory(draft, [...entries, ...fresh]);
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
  const { run: _run, ...kept } = memory;
  return outcome(failed, kept, failure.message, {
    events: isNews ? [{ type, reason: failure.reason, message: failure.message }] : [],
    waitingFor: [waitFor(failure, nextAt)],
    requeueAt: nextAt,
  });
}

/** What a run answers: generation, requestedAt, what the source has in store and the inputs that are watched. */
export function triggerOf({ object, source, inputs }: KustomizationSnapshot): string {
  const { revision = '', digest = '', url = '' } = source.artifact ?? {};
  return [object.metadata.generation ?? 0, requestedAt(object) ?? '', revision, digest, url, ...inputs].join(
    '|',
  );
}

/** What history and events say about the revision. */
export function historyMetadata({ source }: KustomizationSnapshot): Readonly<Record<string, string>> {
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
