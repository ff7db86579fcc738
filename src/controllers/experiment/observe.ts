import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { labels } from '#api/argoproj/words.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import type { ExperimentSnapshot } from '#core/experiment/snapshot.js';
import { controllerOf } from '#core/kube/object.js';
import type { Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';

/** Everything that a pass over this Experiment may know, from the cache alone. */
export function observeExperiment(cache: Cache, experiment: Experiment, now: Instant): ExperimentSnapshot {
  const { namespace = '', name, uid = '' } = experiment.metadata;
  const replicaSets = cache.list<ReplicaSet>(kinds.replicaSet, { namespace });
  const services = cache.list<Service>(kinds.service, { namespace });
  const isOwn = (object: KubeObject) => controllerOf(object)?.uid === uid;
  const others = replicaSets.filter((rs) => !isOwn(rs));
  return {
    now,
    experiment,
    rollout: owningRollout(cache, experiment),
    replicaSets: living(replicaSets.filter(isOwn)),
    services: living(services.filter(isOwn)),
    takenNames: {
      replicaSets: namesOf(others),
      services: namesOf(services.filter((service) => !isOwn(service))),
    },
    takenHashes: others.flatMap((rs) => rs.metadata.labels?.[labels.podTemplateHash] ?? []),
    analysisRuns: cache
      .list<AnalysisRun>(kinds.analysisRun, { namespace })
      .filter((run) => isOwn(run) || run.metadata.name.startsWith(`${name}-`)),
    templates: {
      namespaced: cache.list<AnalysisTemplate>(kinds.analysisTemplate, { namespace }),
      cluster: cache.list<ClusterAnalysisTemplate>(kinds.clusterAnalysisTemplate),
    },
    refusals: [],
  };
}

/** The Rollout that controls the Experiment; one of the same name that is another does not count. */
export function owningRollout(cache: Cache, experiment: Experiment): Rollout | undefined {
  const owner = controllerOf(experiment);
  if (owner?.kind !== kinds.rollout.kind) return undefined;
  const rollout = cache.get<Rollout>(kinds.rollout, experiment.metadata.namespace, owner.name);
  return rollout?.metadata.uid === owner.uid ? rollout : undefined;
}

function living<T extends KubeObject>(objects: readonly T[]): readonly T[] {
  return objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined).toSorted(oldestFirst);
}

function oldestFirst(a: KubeObject, b: KubeObject): number {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  return left === right ? a.metadata.name.localeCompare(b.metadata.name) : left < right ? -1 : 1;
}

function namesOf(objects: readonly KubeObject[]): readonly string[] {
  return objects.map(({ metadata }) => metadata.name);
}
