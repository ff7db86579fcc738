import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { labels } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { matchesSelector } from '#core/kube/selector.js';
import type { RolloutSnapshot } from '#core/rollout/snapshot.js';
import type { Cache } from '#ports/cache.js';

/** ReplicaSets that are nobody's revision yet, and names of ours that somebody else's has. */
export function observeOthers(
  cache: Cache,
  rollout: Rollout,
): Pick<RolloutSnapshot, 'adoptable' | 'foreignReplicaSets'> {
  const { namespace = '', name, uid } = rollout.metadata;
  const ownerless = cache.list<ReplicaSet>(kinds.replicaSet, { namespace, isOwnerless: true });
  const namesake = cache.list<ReplicaSet>(kinds.replicaSet, { namespace, namePrefix: `${name}-` });
  const { selector } = rollout.spec;
  return {
    adoptable: ownerless.filter(
      (rs) =>
        // Plain ReplicaSets are seen too once one lends its template: they are nobody's revision.
        rs.metadata.labels?.[labels.podTemplateHash] !== undefined &&
        rs.metadata.deletionTimestamp === undefined &&
        matchesSelector(selector, rs.metadata.labels),
    ),
    foreignReplicaSets: namesake
      .filter((rs) => controllerOf(rs) !== undefined && controllerOf(rs)?.uid !== uid)
      .map((rs) => rs.metadata.name),
  };
}

/** Names that an experiment of this Rollout could get and that are taken: somebody else's, and ours on their way out. */
export function takenExperiments(
  cache: Cache,
  { metadata }: Rollout,
  own: readonly Experiment[],
): readonly string[] {
  return cache
    .list<Experiment>(kinds.experiment, {
      namespace: metadata.namespace ?? '',
      namePrefix: `${metadata.name}-`,
    })
    .filter((experiment) => !own.includes(experiment))
    .map((experiment) => experiment.metadata.name);
}

/** Names that a run of this Rollout could get and that somebody else's has. */
export function foreignRuns(cache: Cache, { metadata }: Rollout): readonly string[] {
  return cache
    .list<AnalysisRun>(kinds.analysisRun, {
      namespace: metadata.namespace ?? '',
      namePrefix: `${metadata.name}-`,
    })
    .filter((run) => controllerOf(run)?.uid !== metadata.uid)
    .map((run) => run.metadata.name);
}
