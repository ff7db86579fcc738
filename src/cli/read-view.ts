import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import type { KubeEvent, ViewInput } from '#core/view/view-input.js';
import { AppError } from '#ports/errors.js';
import type { Connection, Io } from './io.js';

/** The Rollout of that name; a Missing error that says where it was looked for otherwise. */
export async function readRollout({ kube, namespace }: Connection, name: string): Promise<Rollout> {
  const rollout = await kube.get<Rollout>({ kind: kinds.rollout, namespace, name });
  if (rollout !== undefined) return rollout;
  throw new AppError(
    'KubeNotFound',
    `rollout "${name}" not found in namespace "${namespace}"; list all with: sluice list rollouts -A`,
  );
}

/** Everything that the views of one Rollout look at, read afresh. */
export async function readView(connection: Connection, io: Io, name: string): Promise<ViewInput> {
  const rollout = await readRollout(connection, name);
  const [sets, pods, runs, events] = await Promise.all([
    listAll<ReplicaSet>(connection, kinds.replicaSet),
    listAll<Pod>(connection, kinds.pod),
    listAll<AnalysisRun>(connection, kinds.analysisRun),
    listAll<KubeEvent>(connection, kinds.event, `involvedObject.kind=Rollout,involvedObject.name=${name}`),
  ]);
  const replicaSets = sets.filter((set) => controllerOf(set)?.uid === rollout.metadata.uid);
  const uids = new Set(replicaSets.map((set) => set.metadata.uid));
  return {
    rollout,
    replicaSets,
    pods: pods.filter((pod) => uids.has(controllerOf(pod)?.uid)),
    runs: runs.filter((run) => controllerOf(run)?.uid === rollout.metadata.uid),
    events,
    waits: [],
    now: io.clock.now(),
  };
}

/** Every object of a kind in the connection's namespace (or in all), page by page. */
export async function listAll<T extends KubeObject>(
  { kube, namespace }: Pick<Connection, 'kube'> & { readonly namespace?: string },
  kind: Kind,
  fieldSelector?: string,
): Promise<readonly T[]> {
  const items: T[] = [];
  let next: string | undefined;
  do {
    const page = await kube.list<T>(kind, {
      limit: 500,
      ...(namespace === undefined ? {} : { namespace }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(next === undefined ? {} : { continue: next }),
    });
    items.push(...page.items);
    next = page.continue;
  } while (next !== undefined && next !== '');
  return items;
}
