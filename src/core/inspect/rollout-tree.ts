import type { Rollout } from '#api/argoproj/rollout.js';
import { ageSince } from './age.js';
import { experimentTree } from './experiment-tree.js';
import { rolloutIcon } from './icons.js';
import { byRevision, ownedBy, revisionNumber, type InspectInput, type InspectNode } from './input.js';
import { readPhase } from './phase.js';
import { replicaSetNode, roleTags } from './replica-set-node.js';
import { runNode } from './run-node.js';

/** A Rollout, under it its revisions, newest first, under each its ReplicaSets, Experiments and runs. */
export function rolloutTree(rollout: Rollout, input: InspectInput): InspectNode {
  const { phase } = readPhase(rollout);
  const replicaSets = ownedBy(rollout, input.replicaSets).toSorted(byRevision);
  const experiments = ownedBy(rollout, input.experiments).toSorted(byRevision);
  const runs = ownedBy(rollout, input.runs).toSorted(byRevision);
  const all = [...replicaSets, ...experiments, ...runs].map(revisionNumber);
  const revisions = [...new Set(all)].toSorted((a, b) => b - a);
  return {
    kind: 'Rollout',
    name: rollout.metadata.name,
    status: { icon: rolloutIcon(phase), text: phase },
    age: ageSince(rollout.metadata.creationTimestamp, input.now),
    info: [],
    children: revisions.map((revision) => ({
      kind: 'Revision' as const,
      name: `revision:${revision}`,
      age: '',
      info: [],
      children: [
        ...replicaSets
          .filter((rs) => revisionNumber(rs) === revision)
          .map((rs) => replicaSetNode(rs, input, roleTags(rollout, rs))),
        ...experiments
          .filter((experiment) => revisionNumber(experiment) === revision)
          .map((experiment) => experimentTree(experiment, input)),
        ...runs.filter((run) => revisionNumber(run) === revision).map((run) => runNode(run, input.now)),
      ],
    })),
  };
}
