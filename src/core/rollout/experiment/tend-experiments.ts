import type { Experiment } from '#api/argoproj/experiment.js';
import { analysisPhases, labels } from '#api/argoproj/words.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { targetOf } from '../capacity/scale.js';
import type { Course } from '../course.js';
import { act, type Draft } from '../draft.js';
import { hashOf, type Facts } from '../facts.js';
import { experimentServices } from './destinations.js';

/**
 * Stops every experiment that the Rollout is not in, and removes those that history has no room for or whose revision
 * is gone. One that a router may still send requests to is left alone.
 */
export function tendExperiments(facts: Facts, draft: Draft): Draft {
  // Another strategy has no steps to try anything in.
  const course = facts.canary === undefined ? { ...draft.course, ...noExperiment } : draft.course;
  const others = facts.snapshot.experiments.filter(({ metadata }) => metadata.name !== course.experiment);
  const isFinished = ({ status }: Experiment) => isCompletedPhase(status?.phase);
  const open = others.filter((experiment) => !isFinished(experiment) && experiment.spec.terminate !== true);
  const surplus = surplusOf(facts, others.filter(isFinished)).filter(
    (experiment) => !mayBeRouted(course, experiment),
  );
  return act(
    { ...draft, course },
    ...open.map((experiment) => ({ kind: 'stopExperiment' as const, target: targetOf(experiment) })),
    ...surplus.map((experiment) => ({ kind: 'deleteExperiment' as const, target: targetOf(experiment) })),
  );
}

const noExperiment = { experiment: undefined, isExperimentDone: false } as const;

function surplusOf(facts: Facts, finished: readonly Experiment[]): readonly Experiment[] {
  const hashes = new Set(facts.all.map(hashOf));
  const hasRevision = ({ metadata }: Experiment) =>
    hashes.has(metadata.labels?.[labels.podTemplateHash] ?? '-');
  const orphaned = finished.filter((experiment) => !hasRevision(experiment));
  const kept = finished.filter(hasRevision).toSorted(newestFirst);
  const { successfulRunHistoryLimit = 5, unsuccessfulRunHistoryLimit = 5 } =
    facts.rollout.spec.analysis ?? {};
  const isGood = ({ status }: Experiment) => status?.phase === analysisPhases.successful;
  return [
    ...orphaned,
    ...kept.filter(isGood).slice(successfulRunHistoryLimit),
    ...kept.filter((experiment) => !isGood(experiment)).slice(unsuccessfulRunHistoryLimit),
  ];
}

function mayBeRouted({ traffic, weights }: Course, experiment: Experiment): boolean {
  const services = experimentServices([experiment]);
  if (services.length === 0 || (traffic === undefined && weights === undefined)) return false;
  const named = [
    ...(weights?.additional ?? []).map(({ serviceName = '' }) => serviceName),
    ...(traffic?.additional ?? []).map(({ service }) => service),
  ];
  const isSettled = traffic === undefined || traffic.confirmedAt !== undefined;
  return !isSettled || named.some((name) => services.includes(name));
}

function newestFirst(a: Experiment, b: Experiment): number {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  return left === right ? b.metadata.name.localeCompare(a.metadata.name) : left < right ? 1 : -1;
}
