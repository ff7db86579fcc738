import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import { findCondition } from '#core/kube/conditions.js';
import { formatGoDuration } from '#core/time/duration.js';
import { addMs, earliest } from '#core/time/instant.js';
import { isExcluded } from '../apply/controls.js';
import { fingerprintsOf } from '../apply/fingerprints.js';
import { ignoredPaths } from '../apply/ignore.js';
import { inventoryId, inventoryOf, staleEntries, subjectOfEntry } from '../apply/inventory.js';
import { leasedPaths } from '../apply/lease.js';
import type { Change } from '../apply/plan.js';
import { compareForDelete } from '../apply/stages.js';
import { isNeeded, keepersFor, keepersOf } from '../on-abort/keep.js';
import { spreadInterval } from '../interval.js';
import { storedObjects, wantedHealth, type SetHealth } from './health-check.js';
import { withRun } from './history.js';
import { leasedMemory, listLeased } from './leased-fields.js';
import type {
  BuiltRevision,
  KustomizationMemory,
  KustomizationRun,
  ManagedObject,
  PrunedEntry,
} from './kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot } from './kustomization-snapshot.js';
import { intervalMs, timeoutMs } from './kustomization-spec.js';
import {
  clearHealthy,
  draftOf,
  markHealthProgress,
  markHealthy,
  markReady,
  markUnhealthy,
  setAttempted,
  setInventory,
  type KustomizationDraft,
} from './kustomization-status.js';
import {
  failRun,
  historyMetadata,
  onAbortMemory,
  originRevisionOf,
  outcome,
  stepOf,
  withRevision,
} from './outcome.js';
import { endEvents } from './routine-events.js';

/** How often awaited objects are looked at that no watch shows, as in the peer. */
const lookMs = 5000;

type Built = BuiltRevision & { readonly ok: true };

/** Everything is applied: garbage is collected, health awaited, and the run closed. */
export function finishRun(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  built: Built,
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

interface HealthInput {
  readonly built: Built;
  /** Last good revisions for which something is not deleted. */
  readonly keeping: readonly string[];
  readonly changes: readonly Change[];
  readonly draft: KustomizationDraft;
  readonly isSilent: boolean;
}

function decideHealth(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  input: HealthInput,
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
  if (health === undefined) return close(snapshot, run, { ...input, draft: clearHealthy(input.draft) });
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
  return close(snapshot, run, { ...input, draft }, isTold ? [event] : []);
}

function awaitHealth(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { built, draft, health, changes }: HealthInput & { readonly health: SetHealth },
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
    return failRun(snapshot, markUnhealthy(draft, message), run, failure);
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

/** The run ends well. */
function close(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { built, changes, draft, isSilent, keeping }: HealthInput,
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
  const told = [...(run.healthSince === undefined ? applyEvents(changes) : []), ...listed.events];
  const closing = [...healthEvents, summary];
  const memory = {
    last: { trigger: run.trigger, finishedAt: now, nextAt, isOk: true, ...lastBuild(built) },
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

function lastBuild({
  inputs,
  digest,
}: Built): Pick<NonNullable<KustomizationMemory['last']>, 'inputs' | 'digest'> {
  return inputs === undefined ? {} : { inputs, digest };
}

function applyEvents(changes: readonly Change[]): readonly EventRecord[] {
  const lines = changes
    .filter(({ action }) => action === 'created' || action === 'configured' || action === 'deleted')
    .map(({ subject, action, drift }) => `${subject} ${action}${drift === undefined ? '' : `: ${drift}`}`);
  return lines.length === 0
    ? []
    : [{ type: 'Normal', reason: reasons.progressing, message: lines.join('\n') }];
}

function hasWritten(changes: readonly Change[]): boolean {
  return changes.some(
    ({ action }) => action === 'created' || action === 'configured' || action === 'deleted',
  );
}

function deletions(pruned: readonly PrunedEntry[]): readonly Change[] {
  return pruned
    .filter(({ result }) => result === 'deleted')
    .map(({ entry }) => ({ id: entry.id, subject: subjectOfEntry(entry), action: 'deleted' }));
}

/** What was applied and how it looked then, to notice drift. */
function managedObjects(
  { leases, object: { spec } }: KustomizationSnapshot,
  run: KustomizationRun,
  built: Built,
): readonly ManagedObject[] {
  const stored = storedObjects(run);
  const kindsById = new Map(
    run.stages.flatMap(({ inspected = [], known = [] }) =>
      [...inspected, ...known].map((each) => [each.id, each.kind] as const),
    ),
  );
  return built.objects.flatMap((desired): readonly ManagedObject[] => {
    const id = inventoryId(desired);
    const [object, kind] = [stored.get(id), kindsById.get(id)];
    if (object === undefined || kind === undefined) return [];
    const { namespace, name, resourceVersion } = object.metadata;
    const ignored = ignoredPaths(desired, spec.ignore);
    return [
      {
        id,
        kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        ...(isExcluded(desired, object) ? {} : { payload: JSON.stringify(desired) }),
        ...fingerprintsOf(desired, object, leases, ignored),
        ...(resourceVersion === undefined ? {} : { version: resourceVersion }),
        leased: leasedPaths(object, leases).join(),
      },
    ];
  });
}
