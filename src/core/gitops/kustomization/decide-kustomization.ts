import { fluxFinalizer, fluxReasons as reasons } from '#api/flux/words.js';
import { isConditionTrue } from '#core/kube/conditions.js';
import { addMs, earliest, type Instant } from '#core/time/instant.js';
import { decideDeletion } from './decide-deletion.js';
import { abortKeysOf, hasOpenAborts, hasPassedOn } from './decide-on-abort.js';
import { decideRun } from './run/decide-run.js';
import { hasDrifted } from './model/known-objects.js';
import { dependencyProblem } from './readiness/depends-on.js';
import { expressionProblem } from './readiness/expressions.js';
import { listLeased } from './leased-fields.js';
import type { KustomizationRun } from './model/kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot } from './model/kustomization-snapshot.js';
import { kustomizationSpecProblem, requestedAt, retryMs } from './model/kustomization-spec.js';
import { draftOf, markStalled } from './model/kustomization-status.js';
import { notReady, outcome, triggerOf } from './run/outcome.js';

/** The words of the peer before what only an edit can mend. */
const terminalError = 'Reconciliation failed terminally due to configuration error';

/** One pass: guards in a fixed order, then the next step of the run under way, or of a new one when one is due. */
export function decideKustomization(snapshot: KustomizationSnapshot): KustomizationDecision {
  const { now, object, memory } = snapshot;
  const draft = draftOf(object, now);
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return decideDeletion(snapshot);
  if (!finalizers.includes(fluxFinalizer)) {
    return outcome(draft, memory, 'gets its finalizer', {
      actions: [{ kind: 'addFinalizer' }],
      requeueAt: now,
    });
  }
  if (object.spec.suspend === true) return outcome(draft, {}, 'is suspended');
  const run = memory.run?.trigger === triggerOf(snapshot) ? memory.run : undefined;
  if (run !== undefined && !isOvertaken(snapshot, run)) return decideRun(snapshot, run);
  const due = dueAt(snapshot);
  if (due > now) {
    const { draft: listed, memory: said, events } = listLeased(snapshot, draft);
    const because = 'is applied; nothing to do until the next look';
    return outcome(listed, { ...withoutRun(snapshot), ...said }, because, { events, requeueAt: due });
  }
  return decideStart(snapshot);
}

function decideStart(snapshot: KustomizationSnapshot): KustomizationDecision {
  const { object, now, memory, source, settings } = snapshot;
  const draft = draftOf(object, now);
  const expression = expressionProblem(object.spec);
  if (expression !== undefined) {
    return stall(snapshot, reasons.invalidCelExpression, `${terminalError}: ${expression}`);
  }
  const problem = kustomizationSpecProblem(object.spec);
  const { namespace = '' } = object.metadata;
  const isForeign = (object.spec.sourceRef.namespace ?? namespace) !== namespace;
  if (problem !== undefined) return stall(snapshot, reasons.buildFailed, problem);
  if (isForeign && settings.noCrossNamespaceRefs) {
    const why = `can't access '${source.subject}', cross-namespace references have been blocked`;
    return stall(snapshot, reasons.accessDenied, why);
  }
  if (source.artifact === undefined) {
    const message = source.isFound
      ? `Source artifact not found, retrying in ${settings.dependencyMs / 1000}s`
      : `${source.subject} not found; create it or change spec.sourceRef`;
    const timer = source.isFound ? {} : { retryMs: retryMs(object.spec) };
    return notReady(snapshot, draft, {
      reason: reasons.artifactFailed,
      message,
      unblockedBy: source.subject,
      ...timer,
    });
  }
  const waiting = dependencyProblem(snapshot);
  if (waiting !== undefined) {
    return notReady(snapshot, draft, {
      reason: reasons.dependencyNotReady,
      message: waiting,
      told: `Dependencies do not meet ready condition, retrying in ${settings.dependencyMs / 1000}s`,
      unblockedBy: 'the dependency',
    });
  }
  const run: KustomizationRun = {
    startedAt: now,
    trigger: triggerOf(snapshot),
    aborts: abortKeysOf(snapshot),
    isQuiet: isSettled(snapshot) && !hasOpenAborts(snapshot),
    wasHealthy: isConditionTrue(object.status?.conditions, 'Healthy'),
    stages: [],
  };
  return decideRun({ ...snapshot, memory: { ...memory, run } }, run);
}

/** A run that waits for health does not wait for that of a release which was aborted meanwhile. */
function isOvertaken(snapshot: KustomizationSnapshot, { healthSince, aborts }: KustomizationRun): boolean {
  return healthSince !== undefined && abortKeysOf(snapshot).some((key) => !aborts.includes(key));
}

/** Nothing is tried again until the spec changes. */
function stall(snapshot: KustomizationSnapshot, reason: string, message: string): KustomizationDecision {
  const { object, now } = snapshot;
  const draft = markStalled(draftOf(object, now), reason, message);
  const never = addMs(now, Number.MAX_SAFE_INTEGER / 4);
  const last = { trigger: triggerOf(snapshot), finishedAt: now, nextAt: never, isOk: false };
  const isNews = !isConditionTrue(object.status?.conditions, 'Stalled');
  return outcome(draft, { ...withoutRun(snapshot), last }, message, {
    events: isNews ? [{ type: 'Warning', reason, message }] : [],
    waitingFor: [{ what: message, unblockedBy: "the user's manifest" }],
  });
}

/** When the next run begins: at once for a new trigger, soon for drift, else at the interval. */
function dueAt(snapshot: KustomizationSnapshot): Instant {
  const { memory, now, settings } = snapshot;
  const { last } = memory;
  if (last === undefined || last.trigger !== triggerOf(snapshot)) return now;
  if (hasOpenAborts(snapshot) || hasPassedOn(snapshot)) return now;
  const nextAt = earliest(last.nextAt, memory.onAbort?.againAt) ?? now;
  if (!last.isOk || !hasDrifted(snapshot)) return nextAt;
  return earliest(nextAt, addMs(last.finishedAt, settings.driftGapMs)) ?? now;
}

/** Whether the status already says that this very state was applied: then the look is routine. */
function isSettled(snapshot: KustomizationSnapshot): boolean {
  const { object, source } = snapshot;
  const { status } = object;
  return (
    status?.observedGeneration === object.metadata.generation &&
    status?.lastAppliedRevision === source.artifact?.revision &&
    status?.lastHandledReconcileAt === requestedAt(object) &&
    isConditionTrue(status?.conditions, 'Ready')
  );
}

function withoutRun({ memory }: KustomizationSnapshot) {
  const { run: _run, ...kept } = memory;
  return kept;
}
