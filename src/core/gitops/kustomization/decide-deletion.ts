import type { KustomizationStatus } from '#api/flux/kustomization.js';
import { fluxFinalizer } from '#api/flux/words.js';
import type { KustomizationDecision, KustomizationSnapshot } from './model/kustomization-snapshot.js';
import { timeoutMs } from './model/kustomization-spec.js';
import { draftOf } from './model/kustomization-status.js';
import { outcome } from './run/outcome.js';
import { addMs, parseInstant } from '#core/time/instant.js';
import { compareForDelete } from '../apply/stages.js';
import type { EventRecord } from '#core/decision/decision.js';
import { subjectOfEntry } from '../apply/inventory.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { PrunedEntry } from './model/kustomization-run.js';

/** The Kustomization goes: what it applied goes first, unless its policy keeps that. */
export function decideDeletion(snapshot: KustomizationSnapshot): KustomizationDecision {
  const { object, now, memory } = snapshot;
  const draft = draftOf(object, now);
  if (object.metadata.finalizers?.includes(fluxFinalizer) !== true)
    return outcome(draft, {}, 'is being deleted');
  const entries = [...(object.status?.inventory?.entries ?? [])].sort(compareForDelete);
  if (entries.length === 0 || !deletesObjects(snapshot)) {
    return outcome(draft, {}, 'is deleted; what it applied stays', {
      actions: [{ kind: 'removeFinalizer' }],
    });
  }
  const run = memory.run?.trigger === 'deletion' ? memory.run : undefined;
  if (run?.pruned === undefined) {
    const begun = { startedAt: now, trigger: 'deletion', aborts: [], stages: [] };
    const deletion = { ...begun, isQuiet: false, wasHealthy: false };
    return outcome(draft, { run: deletion }, 'deletes what it applied', {
      actions: [{ kind: 'pruneEntries', entries }],
      requeueAt: now,
    });
  }
  if (run.isAccountGone === true) {
    const message = `unable to prune objects: \n${entries.map(subjectOfEntry).join('\n')}`;
    return outcome(draft, {}, 'is deleted; the account to delete as is gone, and what it applied stays', {
      actions: [{ kind: 'removeFinalizer' }],
      events: [{ type: 'Warning', reason: reasons.pruneFailed, message }],
    });
  }
  const failed = run.pruned.filter(({ result }) => result === 'failed');
  if (failed.length > 0) return retryDeletion(snapshot, failed);
  const remaining = run.pruned.filter(
    ({ entry, result }) => result === 'deleted' && snapshot.watched.get(entry.id)?.object !== undefined,
  );
  const limit = addMs(
    parseInstant(object.metadata.deletionTimestamp) ?? run.startedAt,
    timeoutMs(object.spec),
  );
  const mustWait = object.spec.deletionPolicy === 'WaitForTermination' && remaining.length > 0;
  if (mustWait && now < limit) {
    const what = remaining.map(({ entry }) => subjectOfEntry(entry)).join(', ');
    return outcome(draft, memory, 'waits until what it applied is gone', {
      requeueAt: limit,
      waitingFor: [{ what: `deletion of ${what}`, unblockedBy: 'finalizers of these objects', until: limit }],
    });
  }
  return outcome(draft, {}, 'is deleted with what it applied', {
    actions: [{ kind: 'removeFinalizer' }],
    events: aboutApplied(object.status, deletionEvents(run.pruned, mustWait ? remaining : [])),
  });
}

function deletesObjects({ object }: KustomizationSnapshot): boolean {
  const { suspend, deletionPolicy = 'MirrorPrune', prune } = object.spec;
  if (suspend === true || deletionPolicy === 'Orphan') return false;
  return deletionPolicy !== 'MirrorPrune' || prune;
}

function retryDeletion(
  { object, now, settings }: KustomizationSnapshot,
  failed: readonly PrunedEntry[],
): KustomizationDecision {
  const message = failed
    .map(({ entry, problem }) => `${subjectOfEntry(entry)}: ${problem ?? 'failed'}`)
    .join('; ');
  return outcome(draftOf(object, now), {}, 'could not delete everything', {
    events: [{ type: 'Warning', reason: reasons.pruneFailed, message }],
    requeueAt: addMs(now, settings.dependencyMs),
  });
}

/** Events with the revision that was applied last, for those who are notified. */
function aboutApplied(
  { lastAppliedRevision, lastAppliedOriginRevision }: KustomizationStatus = {},
  events: readonly EventRecord[],
): readonly EventRecord[] {
  const metadata = {
    ...(lastAppliedRevision === undefined ? {} : { revision: lastAppliedRevision }),
    ...(lastAppliedOriginRevision === undefined ? {} : { originRevision: lastAppliedOriginRevision }),
  };
  return events.map((event) => ({ ...event, metadata }));
}

function deletionEvents(
  pruned: readonly PrunedEntry[],
  remaining: readonly PrunedEntry[],
): readonly EventRecord[] {
  const deleted = pruned.filter(({ result }) => result === 'deleted');
  const events: EventRecord[] = [];
  if (deleted.length > 0) {
    const message = deleted.map(({ entry }) => `${subjectOfEntry(entry)} deleted`).join('\n');
    events.push({ type: 'Normal', reason: reasons.reconciliationSucceeded, message });
  }
  if (remaining.length > 0) {
    const subjects = remaining.map(({ entry }) => subjectOfEntry(entry)).join(', ');
    const message = `timeout waiting for the deletion of ${subjects}; the finalizer is removed all the same`;
    events.push({ type: 'Warning', reason: reasons.pruneFailed, message });
  }
  return events;
}
