import { setImmediate } from 'node:timers/promises';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { RolloutDuration } from '#api/argoproj/rollout-status.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { analysisRunFamilies, analysisTemplateFamilies } from '#core/metrics-view/analysis-families.js';
import { experimentFamilies } from '#core/metrics-view/experiment-families.js';
import { renderFamilies } from '#core/metrics-view/family.js';
import { releaseEnded } from '#core/metrics-view/release-duration.js';
import { rolloutFamilies } from '#core/metrics-view/rollout-families.js';
import type { Manager } from '#runtime/manager/manager.js';
import type { Metrics } from '#runtime/metrics/metrics.js';
import type { MetricSubject } from '#runtime/metrics/peer-metrics.js';
import type { Answer } from './http-servers.js';

/** What the objects of the controllers are called in the peer's metrics. */
export const subjects: Readonly<Record<string, MetricSubject>> = {
  rollout: 'rollout',
  'analysis-run': 'analysis_run',
  experiment: 'experiment',
};

/** The peer's names of their queues. */
export const queueNames: Readonly<Record<string, string>> = {
  rollout: 'Rollouts',
  'analysis-run': 'AnalysisRuns',
  experiment: 'Experiments',
};

const kindOf: Readonly<Record<MetricSubject, Kind>> = {
  rollout: kinds.rollout,
  analysis_run: kinds.analysisRun,
  experiment: kinds.experiment,
};

/**
 * Answers scrapes: what was counted, and how the objects are now. Only the process that leads says how objects are, or
 * sums over replicas would count them twice. Begins to hear of releases that end; call it before the manager starts.
 */
export function createScrape(manager: Manager, metrics: Metrics): () => Promise<Answer> {
  const { registry, peer } = metrics;
  observeReleases(manager, metrics);
  const { cache } = manager.deps('metrics');
  const list = <T extends KubeObject>(kind: Kind): readonly T[] =>
    manager.isWatched(kind) ? cache.list<T>(kind) : [];
  return async () => {
    if (manager.ready()) {
      peer.forget((subject, { namespace, name }) => {
        const kind = kindOf[subject];
        return manager.isWatched(kind) && cache.get(kind, namespace, name) !== undefined;
      });
    }
    const pieces = [await registry.metrics()];
    if (manager.leads()) {
      for (const piece of objectsText(list)) {
        pieces.push(piece);
        // Releases go on while a large cluster is told.
        await setImmediate();
      }
    }
    return { status: 200, type: registry.contentType, body: pieces.join('') };
  };
}

function* objectsText(list: <T extends KubeObject>(kind: Kind) => readonly T[]): Generator<string, void> {
  const templates = [
    ...list<AnalysisTemplate>(kinds.analysisTemplate),
    ...list<ClusterAnalysisTemplate>(kinds.clusterAnalysisTemplate),
  ];
  yield* renderFamilies(rolloutFamilies, list<Rollout>(kinds.rollout));
  yield* renderFamilies(analysisRunFamilies, list<AnalysisRun>(kinds.analysisRun));
  yield* renderFamilies(analysisTemplateFamilies, templates);
  yield* renderFamilies(experimentFamilies, list<Experiment>(kinds.experiment));
}

/** Tells the histograms of every release that ends while this process leads. */
function observeReleases(manager: Manager, { peer }: Metrics): void {
  const known = new Map<string, RolloutDuration | undefined>();
  manager.changes.subscribe(kinds.rollout, (object, type) => {
    const id = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (type === 'DELETED') {
      known.delete(id);
      return;
    }
    const duration = durationOf(object);
    const ended = known.has(id) ? releaseEnded(known.get(id), duration) : undefined;
    known.set(id, duration);
    if (ended !== undefined && manager.leads()) peer.releaseEnded(ended);
  });
}

/** Only Rollouts are heard of here, whose schema says what their status is. */
function durationOf(object: UnknownObject): RolloutDuration | undefined {
  return (object as unknown as Rollout).status?.duration;
}
