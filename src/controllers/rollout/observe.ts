import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { experimentServices } from '#core/rollout/experiment/destinations.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import type { PodView, RolloutSettings, RolloutSnapshot } from '#core/rollout/snapshot.js';
import type { Budget } from '#core/rollout/why/budget-waits.js';
import { slimPod } from '#core/rollout/why/pod-trouble.js';
import { leftWorkloads } from '#core/rollout/workload-ref/marks.js';
import {
  resolveWorkload,
  type FindWorkload,
  type FoundWorkload,
} from '#core/rollout/workload-ref/resolve.js';
import type { Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { TrafficProvider } from '#providers/contract.js';
import { foreignRuns, observeOthers, takenExperiments } from './observe-others.js';
import { managedServices, observeServices } from './observe-services.js';
import { bindRouters, releasedTraffic } from './routers.js';
import { workloadsMarkedBy } from './workloads.js';

/** What a pass over one Rollout may see besides its own objects. */
export interface ObserveOptions extends RolloutSettings, Pick<RolloutSnapshot, 'stepPlugins'> {
  readonly providers: readonly TrafficProvider[];
  /** Propagation time by provider id, where the configuration says another than the provider. */
  readonly propagationMs: Readonly<Record<string, number>>;
  /** Reads what `workloadRef` names. Absent: no workload can be read. */
  readonly findWorkload?: FindWorkload;
  /** Disruption budgets beside a Rollout that is being restarted. */
  readonly budgets?: readonly Budget[];
}

/** Everything that a pass over this Rollout may know, from the cache alone. */
export function observeRollout(
  cache: Cache,
  stored: Rollout,
  now: Instant,
  options: ObserveOptions,
): RolloutSnapshot {
  const { rollout, workload } = resolveWorkload(stored, options.findWorkload ?? findNothing);
  const { namespace = '', uid = '' } = rollout.metadata;
  const owned = cache.list<ReplicaSet>(kinds.replicaSet, { namespace, ownerUid: uid });
  return {
    now,
    settings: { endpointPropagationMs: options.endpointPropagationMs },
    rollout,
    ...(workload === undefined ? {} : { workload }),
    ...observeWorkloadMarks(cache, stored),
    ...(options.budgets === undefined ? {} : { budgets: options.budgets }),
    replicaSets: owned.filter((rs) => rs.metadata.deletionTimestamp === undefined).toSorted(oldestFirst),
    pods: observePods(cache, owned),
    ...observeOthers(cache, rollout),
    ...observeTraffic(cache, rollout, options),
    ...observeAnalysis(cache, rollout),
    ...(options.stepPlugins === undefined ? {} : { stepPlugins: options.stepPlugins }),
  };
}

type TrafficPart = 'releasedServices' | 'releasedTraffic' | 'routers' | 'former' | 'unknownRouters';

function observeTraffic(
  cache: Cache,
  rollout: Rollout,
  { providers, propagationMs }: ObserveOptions,
): Pick<RolloutSnapshot, TrafficPart> {
  const { namespace = '', name, uid = '', deletionTimestamp } = rollout.metadata;
  const isDeleting = deletionTimestamp !== undefined;
  const named = serviceNames(rollout);
  const { routers, former, unknown } = bindRouters(rollout, providers, cache, propagationMs);
  return {
    releasedServices: managedServices(cache, namespace, name).filter(
      (service) => isDeleting || !named.includes(service.metadata.name),
    ),
    releasedTraffic: releasedTraffic(
      cache,
      providers,
      { namespace, name, uid },
      isDeleting ? undefined : rollout,
    ),
    routers,
    ...(former === undefined ? {} : { former }),
    unknownRouters: unknown,
  };
}

type AnalysisPart =
  'analysisRuns' | 'foreignRuns' | 'experiments' | 'foreignExperiments' | 'templates' | 'services';

/** Runs and experiments with what they are made from, and the Services that are served meanwhile. */
function observeAnalysis(cache: Cache, rollout: Rollout): Pick<RolloutSnapshot, AnalysisPart> {
  const { namespace = '', uid = '' } = rollout.metadata;
  const experiments = cache
    .list<Experiment>(kinds.experiment, { namespace, ownerUid: uid })
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return {
    analysisRuns: cache.list<AnalysisRun>(kinds.analysisRun, { namespace, ownerUid: uid }),
    foreignRuns: foreignRuns(cache, rollout),
    experiments,
    foreignExperiments: takenExperiments(cache, rollout, experiments),
    templates: {
      namespaced: cache.list<AnalysisTemplate>(kinds.analysisTemplate, { namespace }),
      cluster: cache.list<ClusterAnalysisTemplate>(kinds.clusterAnalysisTemplate),
    },
    services: observeServices(cache, namespace, [
      ...serviceNames(rollout),
      ...experimentServices(experiments),
    ]),
  };
}

function findNothing(): FoundWorkload {
  return { object: undefined, unknownBecause: 'workloads are not read here' };
}

function observeWorkloadMarks(
  cache: Cache,
  stored: Rollout,
): Pick<RolloutSnapshot, 'notedWorkloadGeneration' | 'leftWorkloads'> {
  const { namespace = '', name, annotations: notes } = stored.metadata;
  const noted = notes?.[annotations.workloadGeneration];
  return {
    ...(noted === undefined ? {} : { notedWorkloadGeneration: noted }),
    leftWorkloads: leftWorkloads(stored, workloadsMarkedBy(cache, namespace, name)),
  };
}

/** The watch keeps no more of a pod than this, but another controller's may. */
function observePods(cache: Cache, owned: readonly ReplicaSet[]): readonly PodView[] {
  return owned.flatMap(({ metadata }) =>
    metadata.uid === undefined
      ? []
      : cache
          .list(kinds.pod, { namespace: metadata.namespace ?? '', ownerUid: metadata.uid })
          .map((pod) => slimPod(pod)),
  );
}

function oldestFirst(a: ReplicaSet, b: ReplicaSet): number {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  return left === right ? a.metadata.name.localeCompare(b.metadata.name) : left < right ? -1 : 1;
}
