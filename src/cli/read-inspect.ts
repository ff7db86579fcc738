import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { InspectInput } from '#core/inspect/input.js';
import { AppError } from '#ports/errors.js';
import type { Connection, Io } from './io.js';
import { listAll } from './read-view.js';

/** The Experiment of that name; a Missing error otherwise. */
export async function readExperiment({ kube, namespace }: Connection, name: string): Promise<Experiment> {
  const found = await kube.get<Experiment>({ kind: kinds.experiment, namespace, name });
  if (found !== undefined) return found;
  throw new AppError('KubeNotFound', `experiment "${name}" not found in namespace "${namespace}"`);
}

/** Everything of the namespace that may belong to a Rollout or Experiment, read afresh. */
export async function readInspect(connection: Connection, io: Io): Promise<InspectInput> {
  const [replicaSets, pods, runs, experiments] = await Promise.all([
    listAll<ReplicaSet>(connection, kinds.replicaSet),
    listAll<Pod>(connection, kinds.pod),
    listAll<AnalysisRun>(connection, kinds.analysisRun),
    listServed<Experiment>(connection, kinds.experiment),
  ]);
  return { replicaSets, pods, runs, experiments, now: io.clock.now() };
}

/** Nothing where the cluster does not know the kind. */
async function listServed<T extends KubeObject>(connection: Connection, kind: Kind): Promise<readonly T[]> {
  try {
    return await listAll<T>(connection, kind);
  } catch (thrown) {
    const isUnknown =
      thrown instanceof AppError && (thrown.code === 'KubeNoSuchKind' || thrown.code === 'KubeNotFound');
    if (isUnknown) return [];
    throw thrown;
  }
}
