import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { type Shard, shardLabels } from './instance.js';

const owners = [kinds.rollout, kinds.experiment];

/** The same tools, with which an AnalysisRun or Experiment gets the labels of its owner that say which shard it is of. */
export function inheritingDeps(deps: ControllerDeps, shard: Shard): ControllerDeps {
  const names = shardLabels(shard);
  if (names.length === 0) return deps;
  const create: ControllerDeps['kube']['create'] = (kind, object, options) => {
    const isOurs = kind === kinds.analysisRun || kind === kinds.experiment;
    const given = isOurs ? ownerLabels(deps, object.metadata, names) : {};
    const labels = { ...object.metadata.labels, ...given };
    return deps.kube.create(kind, { ...object, metadata: { ...object.metadata, labels } }, options);
  };
  return { ...deps, kube: { ...deps.kube, create } };
}

function ownerLabels(
  { cache }: ControllerDeps,
  metadata: Pick<KubeObject['metadata'], 'namespace' | 'ownerReferences'>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const kind = owners.find((one) => one.kind === owner?.kind);
  if (owner === undefined || kind === undefined) return {};
  const { labels = {} } = cache.get(kind, metadata.namespace, owner.name)?.metadata ?? {};
  return Object.fromEntries(
    names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
  );
}
