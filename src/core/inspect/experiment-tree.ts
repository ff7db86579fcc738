import type { Experiment } from '#api/argoproj/experiment.js';
import { ageSince } from './age.js';
import { analysisIcon } from './icons.js';
import { byRevision, ownedBy, type InspectInput, type InspectNode } from './input.js';
import { replicaSetNode } from './replica-set-node.js';
import { runNode } from './run-node.js';

/** An Experiment with the ReplicaSets of its templates and its runs. */
export function experimentTree(experiment: Experiment, input: InspectInput): InspectNode {
  const phase = experiment.status?.phase ?? '';
  return {
    kind: 'Experiment',
    name: experiment.metadata.name,
    status: { icon: analysisIcon(phase), text: phase },
    age: ageSince(experiment.metadata.creationTimestamp, input.now),
    info: [],
    children: [
      ...ownedBy(experiment, input.replicaSets)
        .toSorted(byRevision)
        .map((rs) => replicaSetNode(rs, input)),
      ...ownedBy(experiment, input.runs)
        .toSorted(byRevision)
        .map((run) => runNode(run, input.now)),
    ],
  };
}
