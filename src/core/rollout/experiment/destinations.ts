import type { Experiment } from '#api/argoproj/experiment.js';
import { analysisPhases } from '#api/argoproj/words.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { isPromoted, type Course } from '../course.js';
import type { Facts } from '../facts.js';
import { readyEndpoints } from '../traffic/view.js';

/** Pods of an experiment that get a share of the traffic of their own. */
export interface ExperimentDestination {
  /** Name of the Service that the experiment made for the template. */
  readonly service: string;
  readonly podTemplateHash: string;
  readonly weight: number;
}

/**
 * The weighted templates of the current step's experiment, in the order of the step, while it runs. One whose Service
 * has no ready pod of its own is left out: stable keeps its share. Together with the canary they get no more than there
 * is. Whether proxies know those endpoints already is the ladder's matter.
 */
export function experimentDestinations(facts: Facts, course: Course): readonly ExperimentDestination[] {
  const experiment = currentExperiment(facts, course);
  if (experiment === undefined || !mayHaveTraffic(facts, course, experiment)) return [];
  const step = facts.canary?.steps[course.index ?? 0]?.experiment;
  const wanted = (step?.templates ?? []).flatMap(({ name, weight }) => {
    const status = experiment.status?.templateStatuses?.find((template) => template.name === name);
    const { serviceName = '', podTemplateHash = '' } = status ?? {};
    // Its pods have done their time and go, whatever the experiment still waits for.
    if (isCompletedPhase(status?.status)) return [];
    const view = facts.snapshot.services[serviceName];
    if (weight === undefined || view === undefined || podTemplateHash === '') return [];
    const isServing = readyEndpoints(view, podTemplateHash).own > 0;
    return isServing ? [{ service: serviceName, podTemplateHash, weight }] : [];
  });
  return withinRoom(wanted, roomBeside(facts, course));
}

/** What the canary leaves, at the weight that is meant and at the one that is in force. */
function roomBeside({ canary }: Facts, { index = 0, traffic }: Course): number {
  const meant = canary?.steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight;
  return (canary?.maxWeight ?? 100) - Math.max(meant ?? 0, traffic?.high ?? 0);
}

function withinRoom(
  wanted: readonly ExperimentDestination[],
  room: number,
): readonly ExperimentDestination[] {
  let left = Math.max(0, room);
  return wanted.flatMap((destination) => {
    const weight = Math.min(destination.weight, left);
    left -= weight;
    return weight < destination.weight && weight === 0 ? [] : [{ ...destination, weight }];
  });
}

/** The experiment that the status names, if it is there. */
export function currentExperiment(facts: Facts, course: Course): Experiment | undefined {
  return facts.snapshot.experiments.find(({ metadata }) => metadata.name === course.experiment);
}

function mayHaveTraffic(facts: Facts, course: Course, { spec, status }: Experiment): boolean {
  const isUnderWay = status?.phase === analysisPhases.running && spec.terminate !== true;
  const isStepping = !course.isAborted && !course.isPromoteFull && !isPromoted(course);
  return isUnderWay && isStepping && facts.canary?.routing !== undefined;
}

/** The Services that experiments made for their templates. */
export function experimentServices(experiments: readonly Experiment[]): readonly string[] {
  return experiments.flatMap(({ status }) =>
    (status?.templateStatuses ?? []).flatMap(({ serviceName = '' }) =>
      serviceName === '' ? [] : [serviceName],
    ),
  );
}
