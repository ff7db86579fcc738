import { fluxReasons as reasons } from '#api/flux/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { formatGoDuration } from '#core/time/duration.js';
import { addMs, earliest } from '#core/time/instant.js';
import { inventoryOf, staleEntries, subjectOfEntry } from '../../apply/inventory.js';
import type { Change } from '../../apply/plan.js';
import { compareForDelete } from '../../apply/stages.js';
import { isNeeded, keepersFor, keepersOf } from '../../on-abort/keep.js';
import { closeRun, type AppliedRun } from './close-run.js';
import { wantedHealth, type SetHealth } from '../readiness/health-check.js';
import type { KustomizationRun, PrunedEntry } from '../model/kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot } from '../model/kustomization-snapshot.js';
import { timeoutMs } from '../model/kustomization-spec.js';
import {
  clearHealthy,
  draftOf,
  markHealthProgress,
  markHealthy,
  markUnhealthy,
  setAttempted,
  setInventory,
  type KustomizationDraft,
} from '../model/kustomization-status.js';
import { listLeased } from '../leased-fields.js';
import { failRun, outcome, stepOf, withRevision } from './outcome.js';
import { applyEvents, deletions, hasWritten } from './run-changes.js';

/** How often awaited objects are looked at that no watch shows, as in the peer. */
const lookMs = 5000;

/** Everything is applied: garbage is collected, health awaited, and the run closed. */
export function finishRun(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  built: AppliedRun['built'],
  changes: readonly Change[],
): KustomizationDecision {
  const { object, memory, now } = snapshot;
  const old = object.status?.inventory?.entries ?? [];
  const wanted = built.isUnchanged === true ? old : inventoryOf(built.objects);
  const left = object.spec.prune ? staleEntries(old, wanted) : [];
  const keepers = keepersFor(left, keepersOf(object, snapshot.rollouts));
  if (keepers.length > 0 && run.stable === undefined) {
    const read = keepers.map(({ hash, ...place }) => ({ ...place, hashes: [hash] }));
    const action = { kind: 'readTemplates', of: 'stable', wanted: read } as const;
    return stepOf(draftOf(object, now), memory, action, 'looks what last good revisions need');
  }
  const kept = left.filter((entry) => isNeeded(entry, keepers, run.stable ?? {}));
  const stale = staleEntries(left, kept);
  const isSilent = run.isQuiet && stale.length === 0 && !hasWritten(changes);
  const draft = draftOf(object, now);
  if (stale.length > 0 && run.pruned === undefined) {
    const entries = [...stale].sort(compareForDelete);
    return stepOf(draft, memory, { kind: 'pruneEntries', entries }, `deletes ${entries.length} objects`);
  }
  const survivors = (run.pruned ?? []).filter(({ result }) => result === 'failed');
  const inventoried = setInventory(draft, [...wanted, ...kept, ...survivors.map(({ entry }) => entry)]);
  const all = [...changes, ...deletions(run.pruned ?? [])];
  if (survivors.length > 0) return pruneFailure(snapshot, run, inventoried, survivors);
  const keeping = kept.length === 0 ? [] : keepers.map(({ id, hash }) => `${id}@${hash}`);
  return decideHealth(snapshot, run, { built, changes: all, draft: inventoried, isSilent, keeping });
}

function decideHealth(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  input: AppliedRun,
): KustomizationDecision {
  const { object, memory, now } = snapshot;
  const { healthChecks = [], wait } = object.spec;
  if (wait !== true && healthChecks.length > 0 && run.healthKinds === undefined) {
    const refs = healthChecks.map(({ apiVersion = 'apps/v1', kind }) => ({ apiVersion, kind }));
    return stepOf(
      draftOf(object, now),
      memory,
      { kind: 'resolveHealthKinds', refs },
      'finds out which kinds to watch',
    );
  }
  const health = wantedHealth(snapshot, run, input.built);
  if (health === undefined) return closeRun(snapshot, run, { ...input, draft: clearHealthy(input.draft) });
  const since = run.healthSince ?? now;
  if (health.failed.length > 0 || health.pending.length > 0) {
    return awaitHealth(snapshot, { ...run, healthSince: since }, { ...input, health });
  }
  const isNews = !run.wasHealthy;
  const isNewRevision = object.status?.lastAppliedRevision !== snapshot.source.artifact?.revision;
  const message = `Health check passed in ${formatGoDuration(now - since)}`;
  const isAwaited = run.healthSince !== undefined;
  const draft = isNews || isAwaited || !input.isSilent ? markHealthy(input.draft, message) : input.draft;
  const isTold = isNews || (isNewRevision && hasWritten(input.changes));
  const event: EventRecord = { type: 'Normal', reason: reasons.progressing, message };
  return closeRun(snapshot, run, { ...input, draft }, isTold ? [event] : []);
}

function awaitHealth(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { built, draft, health, changes }: AppliedRun & { readonly health: SetHealth },
): KustomizationDecision {
  const { now, object, memory } = snapshot;
  const since = run.healthSince ?? now;
  const limit = addMs(since, timeoutMs(object.spec));
  const took = formatGoDuration(now - since);
  const open = [...health.failed, ...health.pending].join(', ');
  const isOver = health.failed.length > 0 && !snapshot.settings.isPatient;
  if (isOver || now >= limit) {
    const what = isOver
      ? `failed early due to stalled resources: [${health.failed.join(', ')}]`
      : `timeout waiting for: [${open}]`;
    const message = `health check failed after ${took}: ${what}`;
    const failure = { reason: reasons.healthCheckFailed, message, unblockedBy: 'these objects' };
    return failRun(snapshot, markUnhealthy(draft, what), run, failure);
  }
  // What may not be watched is looked at instead.
  const lookAt = health.unseen.length === 0 ? undefined : addMs(run.lookedAt ?? since, lookMs);
  if (lookAt !== undefined && now >= lookAt) {
    const action = { kind: 'lookAgain', objects: health.unseen } as const;
    return stepOf(draftOf(object, now), { ...memory, run }, action, `looks at ${open}`);
  }
  const revision = snapshot.source.artifact?.revision ?? '';
  const listed = listLeased(snapshot, healthDraft(snapshot, draft), built.objects);
  const saying = setAttempted(listed.draft, revision);
  const told = run.healthSince === now ? applyEvents(changes) : [];
  const kept = { ...memory, ...listed.memory, run };
  return outcome(saying, kept, `waits for ${open}`, {
    events: withRevision(snapshot, [...told, ...listed.events]),
    requeueAt: earliest(earliest(health.until, lookAt), limit) ?? limit,
    waitingFor: [{ what: open, unblockedBy: 'these objects', since, until: limit }],
  });
}

function healthDraft(
  { source, object }: KustomizationSnapshot,
  draft: KustomizationDraft,
): KustomizationDraft {
  const limit = formatGoDuration(timeoutMs(object.spec));
  const revision = source.artifact?.revision ?? '';
  return markHealthProgress(
    draft,
    `Running health checks for revision ${revision} with a timeout of ${limit}`,
  );
}

function pruneFailure(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  draft: KustomizationDraft,
  survivors: readonly PrunedEntry[],
): KustomizationDecision {
  const message = survivors
    .map(({ entry, problem }) => `${subjectOfEntry(entry)} delete failed: ${problem ?? 'unknown'}`)
    .join('\n');
  return failRun(snapshot, draft, run, {
    reason: reasons.pruneFailed,
    message,
    unblockedBy: 'the API server',
  });
}
