import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs, earliest } from '#core/time/instant.js';
import { inventoryOf } from '../../apply/inventory.js';
import type { Change } from '../../apply/plan.js';
import type { Stage } from '../../apply/stages.js';
import { healthOfApplied } from '../readiness/health-check.js';
import { knownObjects } from '../model/known-objects.js';
import {
  withStage,
  type KustomizationRun,
  type MergedObject,
  type StageRun,
} from '../model/kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot } from '../model/kustomization-snapshot.js';
import { draftOf, setInventory, type KustomizationDraft } from '../model/kustomization-status.js';
import { failRun, outcome, stepOf } from './outcome.js';
import { progress } from './progress.js';
import { changesAfter, changesOf, payloadsToAsk, planStage, type PlannedObject } from './stage-plan.js';

const maxConflicts = 5;

export interface StageInput {
  readonly stage: Stage;
  readonly index: number;
  /** Everything that is built. */
  readonly objects: readonly UnknownObject[];
  /** What earlier stages of this run did. */
  readonly before: readonly Change[];
}

/** A decision, or the stage is done and this is what it did, in the run as it is known now. */
export type StageStep =
  | { readonly decision: KustomizationDecision }
  | { readonly decision?: undefined; readonly changes: readonly Change[]; readonly run: KustomizationRun };

/** The next step of a stage: look at what is not known, ask about what would change, apply, wait. */
export function decideStage(
  snapshot: KustomizationSnapshot,
  begun: KustomizationRun,
  input: StageInput,
): StageStep {
  const { stage, index, before } = input;
  const run = judged(snapshot, begun, input);
  const stageRun = run.stages[index] ?? {};
  const memory = { ...snapshot.memory, run };
  const draft = progress(snapshot, run, `Detecting drift for revision ${revisionOf(snapshot)}`);
  const fail = (message: string) => ({ decision: failStage(snapshot, run, { message, before }) });
  if ((stageRun.conflicts ?? 0) > maxConflicts)
    return fail('the objects kept changing while they were applied');
  if (stageRun.inspected === undefined) {
    const known = new Set((stageRun.known ?? []).map(({ live }) => keyOf(live)));
    const objects = stage.objects.filter((object) => !known.has(keyOf(object)));
    const action = { kind: 'inspectStage', stage: index, objects } as const;
    return { decision: stepOf(draft, memory, action, `looks at stage ${index + 1}`) };
  }
  const unseen = problemsOf(stageRun.inspected);
  if (unseen !== undefined) return fail(unseen);
  const planned = planStage(snapshot, stage.objects, stageRun);
  const asked = stageRun.merged === undefined ? payloadsToAsk(planned) : [];
  if (asked.length > 0) {
    const action = { kind: 'dryRunStage', stage: index, payloads: asked } as const;
    return { decision: stepOf(draft, memory, action, `asks what stage ${index + 1} would change`) };
  }
  const merged = stageRun.merged ?? [];
  const refused = refusals(planned, merged);
  if (refused !== undefined) return fail(refused);
  return decideApply(snapshot, run, { ...input, stageRun, planned, merged });
}

function keyOf({ apiVersion, kind, metadata: { name, namespace = '' } }: UnknownObject): string {
  return [apiVersion, kind, namespace, name].join('|');
}

function revisionOf({ source }: KustomizationSnapshot): string {
  return source.artifact?.revision ?? '';
}

/** The run with what is known of the stage, which is judged once. */
function judged(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { stage, index }: StageInput,
): KustomizationRun {
  const stageRun = run.stages[index] ?? {};
  if (stageRun.known !== undefined) return run;
  const known = knownObjects(snapshot, stage.objects);
  const isAll = known.length === stage.objects.length;
  return withStage(run, index, (old) => ({ ...old, known, ...(isAll ? { inspected: [] } : {}) }));
}

interface ApplyInput extends StageInput {
  readonly stageRun: StageRun;
  readonly planned: readonly PlannedObject[];
  readonly merged: readonly MergedObject[];
}

function decideApply(snapshot: KustomizationSnapshot, run: KustomizationRun, input: ApplyInput): StageStep {
  const { stage, stageRun, planned, merged, before } = input;
  const planChanges = changesOf(planned, merged, run, snapshot.settings.overrideManagers);
  const changes = changesAfter(planChanges, planned, stageRun);
  if (stageRun.applied === undefined) {
    return sendStage(snapshot, run, input, planChanges) ?? { changes, run };
  }
  const failed = problemsOf(stageRun.applied);
  if (failed !== undefined) {
    const done = new Set(stageRun.applied.filter(({ object }) => object !== undefined).map(({ id }) => id));
    const applied = changes.filter(({ id }) => done.has(id));
    return { decision: failStage(snapshot, run, { message: failed, before: [...before, ...applied] }) };
  }
  const awaited = stage.isAwaited ? awaitStage(snapshot, run, input) : undefined;
  return awaited ?? { changes, run };
}

/** Applies what is to be changed; `undefined` when that is nothing. New objects are announced in the inventory first. */
function sendStage(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { index, planned, merged, objects }: ApplyInput,
  changes: readonly Change[],
): StageStep | undefined {
  const mergedById = new Map(merged.map((each) => [each.id, each]));
  const payloads = planned.flatMap(({ payload }, i) => {
    const action = changes[i]?.action;
    if (payload === undefined || (action !== 'created' && action !== 'configured')) return [];
    const asked = mergedById.get(payload.id);
    const isTrial = asked === undefined ? { isTrial: true } : {};
    return [{ ...payload, ...isTrial, isRecreated: asked?.isImmutable === true }];
  });
  if (payloads.length === 0) return undefined;
  const { draft, run: announced } = announce(snapshot, run, objects);
  const action = { kind: 'applyStage', stage: index, payloads } as const;
  const because = `applies ${payloads.length} objects of stage ${index + 1}`;
  return { decision: stepOf(draft, { ...snapshot.memory, run: announced }, action, because) };
}

/**
 * New objects stand in the inventory before they are made, so that whoever dies in between orphans nothing; the peer
 * writes them down afterwards.
 */
function announce(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  objects: readonly UnknownObject[],
): { readonly draft: KustomizationDraft; readonly run: KustomizationRun } {
  const entries = snapshot.object.status?.inventory?.entries ?? [];
  const known = new Set(entries.map(({ id }) => id));
  const fresh = inventoryOf(objects).filter(({ id }) => !known.has(id));
  const message = `Detecting drift for revision ${revisionOf(snapshot)}`;
  if (fresh.length === 0) return { draft: progress(snapshot, run, message), run };
  const said = progress(snapshot, run, message, true);
  return {
    draft: setInventory(said, [...entries, ...fresh]),
    run: { ...run, inventoryBefore: run.inventoryBefore ?? entries },
  };
}

function awaitStage(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { stage, stageRun, before }: ApplyInput,
): StageStep | undefined {
  const { now, settings } = snapshot;
  const health = healthOfApplied(snapshot, run, stage.objects);
  const open = [...health.failed, ...health.pending];
  if (open.length === 0) return undefined;
  const limit = addMs(stageRun.appliedAt ?? run.startedAt, settings.stageWaitMs);
  if (now >= limit) {
    const message = `timeout waiting for: [${open.join(', ')}]`;
    return { decision: failStage(snapshot, run, { message, before, unblockedBy: 'these objects' }) };
  }
  const draft = progress(snapshot, run, `Waiting for ${open.join(', ')}`);
  return {
    decision: outcome(draft, { ...snapshot.memory, run }, `waits for ${open.join(', ')}`, {
      requeueAt: earliest(health.until, limit) ?? limit,
      waitingFor: [{ what: open.join(', '), unblockedBy: 'these objects', until: limit }],
    }),
  };
}

interface StageFailure {
  readonly message: string;
  /** What was done before. */
  readonly before: readonly Change[];
  readonly unblockedBy?: string;
}

function failStage(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  { message, before, unblockedBy = "the user's manifest" }: StageFailure,
): KustomizationDecision {
  return failRun(snapshot, draftOf(snapshot.object, snapshot.now), run, {
    reason: reasons.reconciliationFailed,
    message: withAppliedSoFar(message, before),
    unblockedBy,
  });
}

/** What the server refuses, unless the object may be made anew. */
function refusals(planned: readonly PlannedObject[], merged: readonly MergedObject[]): string | undefined {
  const replaceable = new Set(
    planned.filter(({ payload }) => payload?.mayRecreate === true).map(({ plan }) => plan.id),
  );
  const refused = merged.filter(
    ({ id, isImmutable, problem }) => problem !== undefined && !(isImmutable === true && replaceable.has(id)),
  );
  return problemsOf(refused);
}

function problemsOf(seen: readonly { readonly problem?: string }[]): string | undefined {
  const problems = seen.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  return problems.length === 0 ? undefined : problems.join('\n');
}

/** A failure in the middle says what is in the cluster already. */
function withAppliedSoFar(message: string, changes: readonly Change[]): string {
  const done = changes.filter(({ action }) => action === 'created' || action === 'configured');
  if (done.length === 0) return message;
  return `${message}\nApplied before the failure: ${done.map(({ subject }) => subject).join(', ')}`;
}
