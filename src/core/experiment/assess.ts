import type { Experiment, ExperimentStatus } from '#api/argoproj/experiment.js';
import { analysisPhases } from '#api/argoproj/words.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { hasRequired, isBadPhase, isRequiredSuccessful } from './spec.js';

/** From good to bad. */
const templateStates = ['Successful', 'Running', 'Progressing', 'Error', 'Failed'];
const runPhases: readonly string[] = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed'];

interface Assessment {
  readonly phase: string;
  readonly message: string;
}

/** The next status with the phase that templates and analyses give together; a phase that ended stays. */
export function assessExperiment(
  { spec, status = {} }: Experiment,
  next: ExperimentStatus,
  now: Instant,
): ExperimentStatus {
  if (status.phase === undefined || status.phase === '') {
    return { ...next, phase: analysisPhases.pending };
  }
  if (isCompletedPhase(status.phase)) return next;
  const templates = assessTemplates(spec, next);
  const analyses = assessRuns(spec, next);
  const isFirstRunning = templates.phase === analysisPhases.running && next.availableAt === undefined;
  const { phase, message } = together(spec, templates, analyses);
  const { message: _message, ...rest } = next;
  return {
    ...rest,
    phase,
    ...(message === '' ? {} : { message }),
    ...(isFirstRunning ? { availableAt: formatInstant(now) } : {}),
  };
}

/** Analyses decide once the pods are done, and before that when they are bad, or all that was waited for. */
function together(spec: Experiment['spec'], templates: Assessment, analyses: Assessment): Assessment {
  const areAnalysesDone = isCompletedPhase(analyses.phase);
  if (isCompletedPhase(templates.phase)) {
    const isAnalysesMatter = areAnalysesDone || hasRequired(spec);
    return templates.phase === analysisPhases.successful && isAnalysesMatter ? analyses : templates;
  }
  const isOverEarly = isBadPhase(analyses.phase) || analyses.message === requiredCompleted;
  return isOverEarly ? analyses : templates;
}

function assessTemplates(spec: Experiment['spec'], next: ExperimentStatus): Assessment {
  const states = spec.templates.map(({ name }) => {
    const found = next.templateStatuses?.find((status) => status.name === name);
    return { phase: found?.status ?? 'Progressing', message: found?.message ?? '' };
  });
  const worst = worstOf(states, templateStates);
  return worst.phase === 'Progressing' ? { ...worst, phase: analysisPhases.pending } : worst;
}

const requiredCompleted = 'Required AnalysisRuns completed';

function assessRuns(spec: Experiment['spec'], { analysisRuns = [] }: ExperimentStatus): Assessment {
  const runs = (spec.analyses ?? []).flatMap(({ name }) => {
    const found = analysisRuns.find((run) => run.name === name);
    return found === undefined ? [] : [{ phase: found.phase, message: found.message ?? '' }];
  });
  const worst = worstOf(runs, runPhases);
  if (!isBadPhase(worst.phase) && isRequiredSuccessful(spec, analysisRuns)) {
    return { phase: analysisPhases.successful, message: requiredCompleted };
  }
  return worst.phase === analysisPhases.pending ? { ...worst, phase: analysisPhases.running } : worst;
}

/** Successful when there is none. Of equally bad ones the first tells why. */
function worstOf(all: readonly Assessment[], order: readonly string[]): Assessment {
  const good: Assessment = { phase: analysisPhases.successful, message: '' };
  return all.reduce(
    (worst, one) => (order.indexOf(one.phase) > order.indexOf(worst.phase) ? one : worst),
    good,
  );
}
