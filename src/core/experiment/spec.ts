import type { Experiment, ExperimentSpec, ExperimentStatus } from '#api/argoproj/experiment.js';
import { analysisPhases } from '#api/argoproj/words.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';

export function progressDeadlineSeconds(spec: ExperimentSpec): number {
  return spec.progressDeadlineSeconds ?? 600;
}

/** How long pods outlive the experiment; 0 is a delay too. */
export function scaleDownDelaySeconds(spec: ExperimentSpec): number {
  return spec.scaleDownDelaySeconds ?? 30;
}

/** When the experiment has run for its duration; `undefined` before it runs, and when it has none that can be read. */
export function durationEnd({ spec, status }: Experiment): Instant | undefined {
  const availableAt = parseInstant(status?.availableAt);
  const ms = parseGoDuration(spec.duration ?? '');
  return availableAt === undefined || ms === undefined ? undefined : addMs(availableAt, ms);
}

/** By the stored status: nothing new begins any more, pods go and runs are stopped. */
export function isEnding({ spec, status = {} }: Experiment): boolean {
  const { phase, templateStatuses = [], analysisRuns = [] } = status;
  return (
    spec.terminate === true ||
    isCompletedPhase(phase) ||
    templateStatuses.some((template) => template.status === 'Failed' || template.status === 'Error') ||
    analysisRuns.some((run) => isBadPhase(run.phase)) ||
    isRequiredSuccessful(spec, analysisRuns)
  );
}

/** A phase that ends an experiment before its time. */
export function isBadPhase(phase: string): boolean {
  return isCompletedPhase(phase) && phase !== analysisPhases.successful;
}

export function hasRequired({ analyses = [] }: ExperimentSpec): boolean {
  return analyses.some((analysis) => analysis.requiredForCompletion === true);
}

/** There are analyses that the experiment waits for, and all of them succeeded. */
export function isRequiredSuccessful(
  spec: ExperimentSpec,
  runs: NonNullable<ExperimentStatus['analysisRuns']>,
): boolean {
  const required = (spec.analyses ?? []).filter((analysis) => analysis.requiredForCompletion === true);
  const isSuccessful = (name: string) =>
    runs.some((run) => run.name === name && run.phase === analysisPhases.successful);
  return required.length > 0 && required.every(({ name }) => isSuccessful(name));
}
