import type { Experiment, ExperimentStatus, ExperimentTemplateStatus } from '#api/argoproj/experiment.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import type { Decision, EventRecord, Wait } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import { addMs, earliest, type Instant } from '#core/time/instant.js';
import type { ExperimentAction } from './actions.js';
import { reconcileAnalysis, type AnalysisDraft } from './analyses.js';
import { assessExperiment } from './assess.js';
import { conditionsOf, invalidConditions } from './conditions.js';
import { reconcileTemplate } from './reconcile-template.js';
import type { ExperimentSnapshot } from './snapshot.js';
import { durationEnd, isBadPhase, isEnding } from './spec.js';
import { progressDeadline, templateFacts } from './template.js';
import type { TemplateDraft } from './template-draft.js';
import { findSpecProblem } from './validate.js';

export interface ExperimentDecision extends Decision<ExperimentAction, ExperimentStatus> {
  /** Events about the Rollout whose step the experiment is. */
  readonly rolloutEvents: readonly EventRecord[];
}

/**
 * One pass over an Experiment: templates, then analyses, then the phase that both give together. Pure; a decision that
 * was executed and observed again ends at one that changes nothing.
 */
export function decideExperiment(snapshot: ExperimentSnapshot): ExperimentDecision {
  const { experiment } = snapshot;
  const problem = findSpecProblem(experiment);
  if (problem !== undefined) return decideInvalid(snapshot, problem);
  const templates = reconcileTemplates(snapshot);
  const analyses = (experiment.spec.analyses ?? []).map((analysis) => reconcileAnalysis(snapshot, analysis));
  const status = nextStatus(snapshot, templates, analyses);
  const actions = [...templates, ...analyses].flatMap((draft) => draft.actions);
  const waits = [...templates.flatMap((draft) => draft.waits), ...ownWaits(experiment, status)];
  const requeueAt = lookAgainAt(snapshot, status, actions, waits);
  return {
    actions,
    status,
    events: [
      ...[...templates, ...analyses].flatMap((draft) => draft.events),
      ...phaseEvents(experiment.status, status),
    ],
    rolloutEvents: analyses.flatMap((draft) => draft.rolloutEvents),
    ...(requeueAt === undefined ? {} : { requeueAt }),
    waitingFor: waits,
    because: explain(experiment, status),
  };
}

function decideInvalid({ experiment, now }: ExperimentSnapshot, message: string): ExperimentDecision {
  const before = experiment.status?.conditions ?? [];
  const conditions = invalidConditions(before, message, now);
  const status = conditions === before ? experiment.status : { ...experiment.status, conditions };
  return {
    actions: [],
    status: status ?? {},
    events: [],
    rolloutEvents: [],
    waitingFor: [{ what: message, unblockedBy: "the user's manifest" }],
    because: message,
  };
}

/** One after the other: what one creates is taken for those behind it. */
function reconcileTemplates(snapshot: ExperimentSnapshot): readonly TemplateDraft[] {
  const drafts: TemplateDraft[] = [];
  let { replicaSets } = snapshot;
  for (const template of snapshot.experiment.spec.templates) {
    const draft = reconcileTemplate(templateFacts({ ...snapshot, replicaSets }, template));
    const created = draft.actions.flatMap((action) =>
      action.kind === 'createReplicaSet' ? [action.replicaSet] : [],
    );
    replicaSets = [...replicaSets, ...created];
    drafts.push(draft);
  }
  return drafts;
}

function nextStatus(
  { experiment, now }: ExperimentSnapshot,
  templates: readonly TemplateDraft[],
  analyses: readonly AnalysisDraft[],
): ExperimentStatus {
  const { analysisRuns: _runs, ...old } = experiment.status ?? {};
  const analysisRuns = analyses.flatMap(({ status }) => (status === undefined ? [] : [status]));
  const assessed = assessExperiment(
    experiment,
    {
      ...old,
      templateStatuses: templates.map(({ status }): ExperimentTemplateStatus => status),
      ...(analysisRuns.length === 0 ? {} : { analysisRuns }),
    },
    now,
  );
  return { ...assessed, conditions: conditionsOf(experiment, assessed, now) };
}

function phaseEvents(
  old: ExperimentStatus | undefined,
  { phase = '' }: ExperimentStatus,
): readonly EventRecord[] {
  const before = old?.phase ?? '';
  if (before === phase) return [];
  return [
    {
      type: isBadPhase(phase) ? 'Warning' : 'Normal',
      reason: `Experiment${phase}`,
      message: `Experiment transitioned from ${before} -> ${phase}`,
    },
  ];
}

function ownWaits(experiment: Experiment, status: ExperimentStatus): readonly Wait[] {
  const next = { ...experiment, status };
  if (isEnding(next)) return [];
  const end = durationEnd(next);
  const waits: Wait[] =
    end === undefined ? [] : [{ what: 'the duration to pass', until: end, unblockedBy: 'time' }];
  for (const { analysisRun, phase } of status.analysisRuns ?? []) {
    if (isCompletedPhase(phase)) continue;
    const object = `AnalysisRun/${experiment.metadata.namespace ?? ''}/${analysisRun}`;
    waits.push({ what: `AnalysisRun ${analysisRun} to end`, object, unblockedBy: 'the gate' });
  }
  const isOpen = status.availableAt !== undefined && waits.length === 0;
  return isOpen ? [{ what: 'a person to terminate the experiment', unblockedBy: 'a person' }] : waits;
}

/** When time alone changes the answer. A pass that changed something looks at the outcome at once. */
function lookAgainAt(
  { experiment, now }: ExperimentSnapshot,
  status: ExperimentStatus,
  actions: readonly ExperimentAction[],
  waits: readonly Wait[],
): Instant | undefined {
  if (actions.length > 0 || !isEqual(status, experiment.status)) return now;
  const ends = waits.flatMap(({ until }) => (until !== undefined && until > now ? [until] : []));
  const open = (status.templateStatuses ?? []).filter((template) => template.status === 'Progressing');
  const deadlines = open.flatMap((template) => {
    const deadline = progressDeadline(experiment, template);
    return deadline === undefined ? [] : [addMs(deadline, 1)];
  });
  return [...ends, ...deadlines].reduce<Instant | undefined>(earliest, undefined);
}

function explain({ spec }: Experiment, { phase = '', message }: ExperimentStatus): string {
  if (isCompletedPhase(phase))
    return `the experiment is ${phase}${message === undefined ? '' : `: ${message}`}`;
  if (spec.terminate === true) return 'the experiment is terminated';
  return phase === 'Running' ? 'all templates run' : 'waiting for the pods of all templates';
}
