import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { RolloutAnalysis } from '#api/argoproj/rollout.js';
import { analysisPhases, labels, rolloutEvents } from '#api/argoproj/words.js';
import { buildAnalysisRun, type RunKind } from '#core/analysis/templates/build-run.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { targetOf } from '../capacity/scale.js';
import type { RunRole } from '../course.js';
import { act, say, steer, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';

/** The runs that the Rollout is to be in now; a role that is absent has none. */
export type WantedRuns = Readonly<Partial<Record<RunRole, RolloutAnalysis>>>;

const runKinds: Readonly<Record<RunRole, RunKind>> = {
  step: 'Step',
  background: 'Background',
  pre: 'PrePromotion',
  post: 'PostPromotion',
};

const roles: readonly RunRole[] = ['step', 'background', 'pre', 'post'];

/** Starts what is wanted and missing, and stops every run that is not wanted. `kept` roles keep their last outcome in the status. */
export function runRuns(facts: Facts, draft: Draft, wanted: WantedRuns, kept: readonly RunRole[]): Draft {
  const dropped = roles.reduce((next, role) => {
    if (wanted[role] !== undefined || kept.includes(role)) return next;
    const { [role]: _gone, ...runs } = next.course.runs;
    return steer(next, { runs });
  }, draft);
  const started = roles.reduce((next, role) => start(facts, next, role, wanted[role]), dropped);
  return stopOthers(facts, started, wanted);
}

function start(facts: Facts, draft: Draft, role: RunRole, analysis: RolloutAnalysis | undefined): Draft {
  if (analysis === undefined || (analysis.templates ?? []).length === 0) return draft;
  const { course } = draft;
  const current = course.runs[role];
  const isOfThisStep =
    role !== 'step' || current === undefined || isOfStep(facts, current.name, course.index);
  if (current !== undefined && isOfThisStep) return draft;
  const built = buildAnalysisRun({
    rollout: facts.rollout,
    kind: runKinds[role],
    ...(course.index === undefined ? {} : { stepIndex: course.index }),
    analysis,
    podHash: facts.newHash,
    stableHash: course.stableHash,
    revision: String(facts.revision),
    templates: facts.snapshot.templates,
    existing: facts.snapshot.analysisRuns.filter(isStaying),
    taken: [
      ...facts.snapshot.foreignRuns,
      // One that is on its way out still has its name.
      ...facts.snapshot.analysisRuns.filter((run) => !isStaying(run)).map(({ metadata }) => metadata.name),
    ],
  });
  if (!built.ok) {
    const told = say(draft, {
      type: 'Warning',
      reason: rolloutEvents.reconciliationError,
      message: built.message,
    });
    return waitFor(told, { what: built.message, unblockedBy: "the user's manifest" });
  }
  const { run } = built;
  const ref = { name: run.metadata.name, status: run.status?.phase ?? analysisPhases.pending };
  const known = steer(draft, { runs: { ...course.runs, [role]: ref } });
  return built.exists ? known : act(known, { kind: 'startAnalysis', run });
}

function isOfStep(facts: Facts, name: string, index: number | undefined): boolean {
  const run = facts.snapshot.analysisRuns.find((candidate) => candidate.metadata.name === name);
  return run === undefined || run.metadata.labels?.[labels.stepIndex] === String(index ?? 0);
}

function stopOthers(facts: Facts, draft: Draft, wanted: WantedRuns): Draft {
  const current = roles.flatMap((role) =>
    wanted[role] === undefined ? [] : [draft.course.runs[role]?.name],
  );
  const running = facts.snapshot.analysisRuns.filter(
    (run) => !isCompletedPhase(run.status?.phase) && !current.includes(run.metadata.name),
  );
  return act(
    draft,
    ...running
      .filter((run) => run.spec.terminate !== true)
      .map((run) => ({ kind: 'stopAnalysis' as const, target: targetOf(run) })),
  );
}

/** Deletes runs that history has no room for, and those whose revision is gone, whether they ended or not. */
export function collectRuns(facts: Facts, draft: Draft): Draft {
  const current = roles.map((role) => draft.course.runs[role]?.name);
  const hashes = new Set(facts.all.map((rs) => rs.metadata.labels?.[labels.podTemplateHash]));
  const others = facts.snapshot.analysisRuns.filter(
    (run) => isStaying(run) && !current.includes(run.metadata.name),
  );
  const isOrphan = ({ metadata }: AnalysisRun) =>
    !hashes.has(metadata.labels?.[labels.podTemplateHash] ?? 'none');
  const kept = others
    .filter((run) => !isOrphan(run) && isCompletedPhase(run.status?.phase))
    .toSorted(newestFirst);
  const { successfulRunHistoryLimit, unsuccessfulRunHistoryLimit } = facts.rollout.spec.analysis ?? {};
  const isGood = (run: AnalysisRun) => run.status?.phase === analysisPhases.successful;
  const surplus = [
    ...others.filter(isOrphan),
    ...kept.filter(isGood).slice(successfulRunHistoryLimit ?? 5),
    ...kept.filter((run) => !isGood(run)).slice(unsuccessfulRunHistoryLimit ?? 5),
  ];
  return act(draft, ...surplus.map((run) => ({ kind: 'deleteAnalysis' as const, target: targetOf(run) })));
}

function isStaying({ metadata }: AnalysisRun): boolean {
  return metadata.deletionTimestamp === undefined;
}

function newestFirst(a: AnalysisRun, b: AnalysisRun): number {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  return left === right ? a.metadata.name.localeCompare(b.metadata.name) : left < right ? 1 : -1;
}
