import { fluxFieldManager, fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { formatGoDuration } from '#core/time/duration.js';
import { addMs, earliest } from '#core/time/instant.js';
import { isForced } from '../apply/controls.js';
import { driftWords } from '../apply/drift.js';
import { changeOf, planPayload, type Change, type PlannedPayload } from '../apply/plan.js';
import { stagesOf, type Stage } from '../apply/stages.js';
import { finishRun } from './finish-run.js';
import { healthOfApplied } from './health-check.js';
import type { KustomizationRun, MergedObject, StageRun } from './kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot, Payload } from './kustomization-snapshot.js';
import { timeoutMs } from './kustomization-spec.js';
import { draftOf, markProgress, setAttempted, type KustomizationDraft } from './kustomization-status.js';
import { failRun, outcome, stepOf } from './outcome.js';

const maxConflicts = 5;

/** The next step of a run: build, then stage by stage look, ask, apply and wait, then prune, health and the end. */
export function decideRun(snapshot: KustomizationSnapshot, run: KustomizationRun): KustomizationDecision {
  const { memory, source, object } = snapshot;
  const revision = source.artifact?.revision ?? '';
  const limit = formatGoDuration(timeoutMs(object.spec));
  const message = `Building manifests for revision ${revision} with a timeout of ${limit}`;
  const draft = progress(snapshot, run, message);
  if (source.artifact === undefined) {
    const gone = {
      reason: reasons.artifactFailed,
      message: 'the artifact is gone',
      unblockedBy: source.subject,
    };
    return failRun(snapshot, draft, run, gone);
  }
  if (run.built === undefined && run.buildAgainAt !== undefined && run.buildAgainAt > snapshot.now) {
    const wait = { what: 'the artifact', object: source.subject, unblockedBy: 'the artifact server' };
    return outcome(draft, memory, 'could not get the artifact and tries again', {
      requeueAt: run.buildAgainAt,
      waitingFor: [wait],
    });
  }
  if (run.built === undefined) {
    return stepOf(draft, memory, { kind: 'buildRevision', artifact: source.artifact }, `builds ${revision}`);
  }
  if (!run.built.ok) {
    return failRun(snapshot, draft, run, { ...run.built, unblockedBy: "the user's manifest" });
  }
  const stages = stagesOf(run.built.objects, snapshot.settings.customStageKinds);
  const changes: Change[] = [];
  for (const [index, stage] of stages.entries()) {
    const step = decideStage(snapshot, run, {
      stage,
      index,
      stageRun: run.stages[index] ?? {},
      before: changes,
    });
    if (step.decision !== undefined) return step.decision;
    changes.push(...step.changes);
  }
  return finishRun(snapshot, run, run.built, changes);
}

/** The draft of a run: silent while it is routine and has not found anything. */
function progress(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  message: string,
): KustomizationDraft {
  const draft = draftOf(snapshot.object, snapshot.now);
  const hasChanges = run.stages.some(({ applied = [] }) => applied.length > 0);
  if (run.isQuiet && !hasChanges) return draft;
  const said = markProgress(draft, message);
  const revision = snapshot.source.artifact?.revision;
  return run.built?.ok === true && revision !== undefined ? setAttempted(said, revision) : said;
}

interface StageInput {
  readonly stage: Stage;
  readonly index: number;
  readonly stageRun: StageRun;
  /** What earlier stages of this run did. */
  readonly before: readonly Change[];
}

type StageStep =
  | { readonly decision: KustomizationDecision; readonly changes?: undefined }
  | { readonly decision?: undefined; readonly changes: readonly Change[] };

function decideStage(snapshot: KustomizationSnapshot, run: KustomizationRun, input: StageInput): StageStep {
  const { memory, source } = snapshot;
  const { stage, index, stageRun, before } = input;
  const revision = source.artifact?.revision ?? '';
  const draft = progress(snapshot, run, `Detecting drift for revision ${revision}`);
  const fail = (message: string) => ({
    decision: failRun(snapshot, draft, run, {
      reason: reasons.reconciliationFailed,
      message: withAppliedSoFar(message, before),
      unblockedBy: "the user's manifest",
    }),
  });
  if ((stageRun.conflicts ?? 0) > maxConflicts)
    return fail('the objects kept changing while they were applied');
  if (stageRun.inspected === undefined) {
    const action = { kind: 'inspectStage', stage: index, objects: stage.objects } as const;
    return { decision: stepOf(draft, memory, action, `looks at stage ${index + 1}`) };
  }
  const unseen = problemsOf(stageRun.inspected);
  if (unseen !== undefined) return fail(unseen);
  const planned = planStage(snapshot, stage.objects, stageRun);
  if (stageRun.merged === undefined) {
    const payloads = planned.flatMap(({ plan, payload }) =>
      plan.isSkipped || payload === undefined ? [] : [payload],
    );
    const action = { kind: 'dryRunStage', stage: index, payloads } as const;
    return { decision: stepOf(draft, memory, action, `asks what stage ${index + 1} would change`) };
  }
  const refused = refusals(snapshot, stage.objects, planned, stageRun.merged);
  if (refused !== undefined) return fail(refused);
  return decideApply(snapshot, run, { ...input, planned, merged: stageRun.merged, draft });
}

interface PlannedObject {
  readonly plan: PlannedPayload;
  readonly live?: UnknownObject;
  /** Absent when no API serves the kind. */
  readonly payload?: Payload;
}

interface ApplyInput extends StageInput {
  readonly planned: readonly PlannedObject[];
  readonly merged: readonly MergedObject[];
  readonly draft: KustomizationDraft;
}

function decideApply(snapshot: KustomizationSnapshot, run: KustomizationRun, input: ApplyInput): StageStep {
  const { memory } = snapshot;
  const { stage, index, stageRun, planned, merged, draft, before } = input;
  const mergedById = new Map(merged.map((each) => [each.id, each]));
  const changes = planned.map(({ plan, live }) => {
    const { isImmutable, merged: would } = mergedById.get(plan.id) ?? {};
    const change = changeOf(plan, live, would);
    if (isImmutable === true) return { ...change, action: 'created' as const };
    const drift = run.isQuiet ? driftOf(change, live, would) : '';
    return drift === '' ? change : { ...change, drift };
  });
  const payloads = planned.flatMap(({ payload }, i) => {
    const action = changes[i]?.action;
    if (payload === undefined || (action !== 'created' && action !== 'configured')) return [];
    return [{ ...payload, isRecreated: mergedById.get(payload.id)?.isImmutable === true }];
  });
  if (stageRun.applied === undefined) {
    if (payloads.length === 0) return { changes };
    const action = { kind: 'applyStage', stage: index, payloads } as const;
    return {
      decision: stepOf(draft, memory, action, `applies ${payloads.length} objects of stage ${index + 1}`),
    };
  }
  const failed = problemsOf(stageRun.applied);
  if (failed !== undefined) {
    const done = new Set(stageRun.applied.filter(({ object }) => object !== undefined).map(({ id }) => id));
    const message = withAppliedSoFar(failed, [...before, ...changes.filter(({ id }) => done.has(id))]);
    const failure = { reason: reasons.reconciliationFailed, message, unblockedBy: "the user's manifest" };
    return { decision: failRun(snapshot, draft, run, failure) };
  }
  return stage.isAwaited ? (awaitStage(snapshot, run, input) ?? { changes }) : { changes };
}

/** Why something has to be applied again although neither source nor spec changed. */
function driftOf(
  { action }: Change,
  live: UnknownObject | undefined,
  would: UnknownObject | undefined,
): string {
  if (action === 'created') return 'somebody deleted it';
  if (action !== 'configured' || live === undefined || would === undefined) return '';
  return driftWords(live, would, fluxFieldManager);
}

function awaitStage(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  input: ApplyInput,
): StageStep | undefined {
  const { now, memory, settings } = snapshot;
  const { stage, stageRun, draft, before } = input;
  const health = healthOfApplied(snapshot, run, stage.objects);
  const open = [...health.failed, ...health.pending];
  if (open.length === 0) return undefined;
  const limit = addMs(stageRun.appliedAt ?? run.startedAt, settings.stageWaitMs);
  if (now >= limit) {
    const message = withAppliedSoFar(`timeout waiting for: [${open.join(', ')}]`, before);
    const failure = { reason: reasons.reconciliationFailed, message, unblockedBy: 'these objects' };
    return { decision: failRun(snapshot, draft, run, failure) };
  }
  return {
    decision: outcome(draft, memory, `waits for ${open.join(', ')}`, {
      requeueAt: earliest(health.until, limit) ?? limit,
      waitingFor: [{ what: open.join(', '), unblockedBy: 'these objects', until: limit }],
    }),
  };
}

function planStage(
  { leases }: KustomizationSnapshot,
  objects: readonly UnknownObject[],
  { inspected = [] }: StageRun,
): readonly PlannedObject[] {
  return objects.map((object, i) => {
    const seen = inspected[i];
    const plan = planPayload(object, seen?.live, leases);
    return {
      plan,
      ...(seen?.live === undefined ? {} : { live: seen.live }),
      ...(seen?.kind === undefined
        ? {}
        : { payload: { id: plan.id, kind: seen.kind, body: plan.payload, isRecreated: false } }),
    };
  });
}

/** What the server refuses, unless the object may be made anew. */
function refusals(
  { object }: KustomizationSnapshot,
  objects: readonly UnknownObject[],
  planned: readonly PlannedObject[],
  merged: readonly MergedObject[],
): string | undefined {
  const byId = new Map(planned.map(({ plan }, i) => [plan.id, objects[i]]));
  const refused = merged.filter(({ id, isImmutable, problem }) => {
    const desired = byId.get(id);
    const mayReplace = desired !== undefined && isForced(desired, object.spec.force === true);
    return problem !== undefined && !(isImmutable === true && mayReplace);
  });
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
