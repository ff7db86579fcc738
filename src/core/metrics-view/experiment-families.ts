import type { Experiment } from '#api/argoproj/experiment.js';
import type { Family } from './family.js';
import { phaseSamples } from './phase-samples.js';

/** The gauges of Experiments. */
export const experimentFamilies: readonly Family<Experiment>[] = [
  {
    name: 'experiment_info',
    help: 'Information about Experiment.',
    labels: ['namespace', 'name', 'phase'],
    samplesOf: (experiment) => [[[...idOf(experiment), experiment.status?.phase ?? ''], 1]],
  },
  {
    name: 'experiment_phase',
    help: 'Information on the state of the experiment (DEPRECATED - use experiment_info)',
    labels: ['namespace', 'name', 'phase'],
    samplesOf: (experiment) => phaseSamples(idOf(experiment), experiment.status?.phase),
  },
];

function idOf({ metadata }: Experiment): readonly string[] {
  return [metadata.namespace ?? '', metadata.name];
}
