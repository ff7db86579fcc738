import { fluxReasons as reasons } from '#api/flux/words.js';
import { formatGoDuration } from '#core/time/duration.js';
import { askedOnAbort } from '../../on-abort/policy.js';
import type { Change } from '../../apply/plan.js';
import { stagesOf } from '../../apply/stages.js';
import { decideOnAbort, hasOpenAborts, hasPassedOn } from '../decide-on-abort.js';
import { decideStage } from './decide-stage.js';
import { finishRun } from './finish-run.js';
import { hasDrifted } from '../model/known-objects.js';
import type { BuiltRevision, KustomizationRun } from '../model/kustomization-run.js';
import type {
  KustomizationAction,
  KustomizationDecision,
  KustomizationSnapshot,
} from '../model/kustomization-snapshot.js';
import { timeoutMs } from '../model/kustomization-spec.js';
import { draftOf } from '../model/kustomization-status.js';
import { failRun, outcome, stepOf } from './outcome.js';
import { progress } from './progress.js';

/** The next step of a run: build, then stage by stage look, ask, apply and wait, then prune, health and the end. */
export function decideRun(snapshot: KustomizationSnapshot, run: KustomizationRun): KustomizationDecision {
  const { memory, source, now, object } = snapshot;
  const draft = draftOf(object, now);
  if (source.artifact === undefined) {
    const gone = {
      reason: reasons.artifactFailed,
      message: 'the artifact is gone',
      unblockedBy: source.subject,
    };
    return failRun(snapshot, draft, run, gone);
  }
  if (run.built === undefined && run.buildAgainAt !== undefined && run.buildAgainAt > now) {
    const wait = { what: 'the artifact', object: source.subject, unblockedBy: 'the artifact server' };
    return outcome(draft, memory, 'could not get the artifact and tries again', {
      requeueAt: run.buildAgainAt,
      waitingFor: [wait],
    });
  }
  if (run.built === undefined) return build(snapshot, run);
  if (!run.built.ok) {
    return failRun(snapshot, draft, run, { ...run.built, unblockedBy: "the user's manifest" });
  }
  if (run.waitsUntil !== undefined && run.waitsUntil > now) {
    return outcome(draft, memory, 'has nothing to apply and lets others go first', {
      requeueAt: run.waitsUntil,
    });
  }
  return decideStages(snapshot, run, run.built);
}

function build(snapshot: KustomizationSnapshot, run: KustomizationRun): KustomizationDecision {
  const { memory, source, object } = snapshot;
  const { artifact } = source;
  const revision = artifact?.revision ?? '';
  const limit = formatGoDuration(timeoutMs(object.spec));
  const draft = progress(
    snapshot,
    run,
    `Building manifests for revision ${revision} with a timeout of ${limit}`,
  );
  if (artifact === undefined) return outcome(draft, memory, 'the artifact is gone');
  const { isOk, inputs, digest } = memory.last ?? {};
  const isSame = !hasDrifted(snapshot) && !asksAnew(snapshot);
  const isKnown = isOk === true && inputs !== undefined && digest !== undefined && isSame;
  const action: KustomizationAction = {
    kind: 'buildRevision',
    artifact,
    ...(isKnown ? { known: { inputs, digest } } : {}),
  };
  return stepOf(draft, memory, action, `builds ${revision}`);
}

/** What was built has to be known to act on aborted releases. */
function asksAnew(snapshot: KustomizationSnapshot): boolean {
  const { onAbort } = snapshot.memory;
  const isAsked = (onAbort?.asked ?? '') !== askedOnAbort(snapshot.object);
  return isAsked || onAbort?.againAt !== undefined || hasOpenAborts(snapshot) || hasPassedOn(snapshot);
}

function decideStages(
  snapshot: KustomizationSnapshot,
  begun: KustomizationRun,
  asBuilt: BuiltRevision & { readonly ok: true },
): KustomizationDecision {
  const changes: Change[] = [];
  let run = begun;
  const step = decideOnAbort(snapshot, begun, asBuilt);
  if (step.decision !== undefined) return step.decision;
  const { built } = step;
  const stages = stagesOf(built.objects, snapshot.settings.customStageKinds);
  for (const [index, stage] of stages.entries()) {
    const next = decideStage(snapshot, run, { stage, index, objects: built.objects, before: changes });
    if (next.decision !== undefined) return next.decision;
    changes.push(...next.changes);
    ({ run } = next);
  }
  return finishRun({ ...snapshot, memory: { ...snapshot.memory, run } }, run, built, changes);
}
