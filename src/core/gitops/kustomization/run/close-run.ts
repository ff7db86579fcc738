import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import { findCondition } from '#core/kube/conditions.js';
import { formatGoDuration } from '#core/time/duration.js';
import { addMs } from '#core/time/instant.js';
import type { Change } from '../../apply/plan.js';
import { spreadInterval } from '../../interval.js';
import { identityOf } from '../model/known-objects.js';
import { withRun } from '../model/history.js';
import type { BuiltRevision, KustomizationMemory, KustomizationRun } from '../model/kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot } from '../model/kustomization-snapshot.js';
import { intervalMs } from '../model/kustomization-spec.js';
import { markReady, type KustomizationDraft } from '../model/kustomization-status.js';
import { leasedMemory, listLeased } from '../leased-fields.js';
import { notAppliedEdits } from '../not-applied.js';
import { managedObjects } from '../model/managed-objects.js';
import { historyMetadata, onAbortMemory, originRevisionOf, outcome, withRevision } from './outcome.js';
import { endEvents } from './routine-events.js';
import { applyEvents, hasWritten } from './run-changes.js';

/** A run whose objects are applied and whose garbage is collected. */
export interface AppliedRun {
  readonly built: BuiltRevision & { readonly ok: true };
  /** Last good revisions for which something is not deleted. */
  readonly keeping: readonly string[];
  readonly changes: readonly Change[];
  readonly draft: KustomizationDraft;
  /** Nothing was written, and nobody asked: the status says nothing new. */
  readonly isSilent: boolean;
}

/** The run ends well. */
export function closeRun(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { built, changes, draft, isSilent, keeping }: AppliedRun,
  healthEvents: readonly EventRecord[] = [],
): KustomizationDecision {
  const { now, object, source } = snapshot;
  const revision = source.artifact?.revision ?? '';
  const { intervalJitterPercent } = snapshot.settings;
  const spread = spreadInterval(intervalMs(object.spec), intervalJitterPercent, object.metadata.uid);
  const nextAt = addMs(now, spread);
  const listed = isSilent
    ? { draft, memory: leasedMemory(snapshot), events: [] }
    : listLeased(snapshot, draft, built.objects);
  const left = isSilent ? [] : notAppliedEdits(snapshot, built.objects);
  const ready = markReady(listed.draft, revision, originRevisionOf(snapshot));
  const isUnchanged = isSilent && isEqual(ready.status, object.status ?? {});
  const finished = isUnchanged
    ? ready
    : {
        ...ready,
        status: {
          ...ready.status,
          history: withRun(ready.status.history ?? [], {
            digest: built.digest,
            status: reasons.reconciliationSucceeded,
            startedAt: run.startedAt,
            finishedAt: now,
            metadata: historyMetadata(snapshot),
          }),
        },
      };
  const took = formatGoDuration(now - run.startedAt);
  // What is held is not what the commit says: it has not succeeded.
  const isHeld = findCondition(draft.status.conditions, types.held) !== undefined;
  const summary: EventRecord = {
    type: 'Normal',
    reason: reasons.reconciliationSucceeded,
    message: `Reconciliation finished in ${took}, next run in ${formatGoDuration(intervalMs(object.spec))}`,
    ...(isHeld ? {} : { metadata: { commit_status: 'update' } }),
  };
  const told = [...(run.healthSince === undefined ? applyEvents(changes) : []), ...listed.events, ...left];
  const closing = [...healthEvents, summary];
  const memory = {
    last: { trigger: run.trigger, finishedAt: now, nextAt, isOk: true, ...lastBuild(built) },
    managedAs: identityOf(object.spec),
    managed:
      built.isUnchanged === true ? (snapshot.memory.managed ?? []) : managedObjects(snapshot, run, built),
    onAbort: onAbortMemory(
      snapshot,
      run,
      built.isUnchanged === true ? snapshot.memory.onAbort?.keeping : keeping,
    ),
    ...listed.memory,
  };
  return outcome(finished, memory, `applied ${revision}`, {
    events: isUnchanged
      ? []
      : withRevision(snapshot, endEvents(snapshot, run, { told, closing, hasWritten: hasWritten(changes) })),
    requeueAt: nextAt,
  });
}

function lastBuild({
  inputs,
  digest,
}: AppliedRun['built']): Pick<NonNullable<KustomizationMemory['last']>, 'inputs' | 'digest'> {
  return inputs === undefined ? {} : { inputs, digest };
}
