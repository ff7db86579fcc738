import type { Experiment, ExperimentTemplate } from '#api/argoproj/experiment.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec, ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { KubeObject, OwnerReference } from '#api/k8s/meta.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import type { ExperimentSnapshot } from './snapshot.js';

/** Whether an object of the Experiment was made for this template. */
export function isOf(
  object: Pick<KubeObject, 'metadata'>,
  experiment: Experiment,
  template: string,
): boolean {
  const noted = object.metadata.annotations ?? {};
  return (
    noted[annotations.experimentName] === experiment.metadata.name &&
    noted[annotations.experimentTemplateName] === template
  );
}

/** The ReplicaSet of a template as it is created, with the count that made its hash its own. */
export interface BuiltReplicaSet {
  readonly replicaSet: ReplicaSet;
  readonly collisionCount: number | undefined;
}

/**
 * The ReplicaSet of a template: without pods, under a name and a hash that nobody else in the namespace has. Services
 * select by the hash alone, so that pods which share it with a Rollout's would get that Rollout's requests.
 */
export function buildReplicaSet(
  snapshot: ExperimentSnapshot,
  template: ExperimentTemplate,
  collisionCount: number | undefined,
): BuiltReplicaSet {
  const { experiment } = snapshot;
  const plain = withoutHash(template.template);
  const { hash, count } = freeHash(snapshot, plain, collisionCount);
  const podLabels = { ...plain.metadata?.labels, [labels.podTemplateHash]: hash };
  const own = snapshot.replicaSets.map(({ metadata }) => metadata.name);
  const taken = [...own, ...snapshot.takenNames.replicaSets];
  const name = freeName(`${experiment.metadata.name}-${template.name}`, taken);
  return {
    collisionCount: count,
    replicaSet: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        ...ownMetadata(experiment, template.name, name),
        labels: podLabels,
      },
      spec: {
        replicas: 0,
        ...(template.minReadySeconds === undefined ? {} : { minReadySeconds: template.minReadySeconds }),
        selector: {
          ...template.selector,
          matchLabels: { ...template.selector?.matchLabels, [labels.podTemplateHash]: hash },
        },
        template: { ...plain, metadata: { ...plain.metadata, labels: podLabels } },
      },
    },
  };
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [labels.podTemplateHash]: _hash, ...podLabels } = template.metadata?.labels ?? {};
  const { labels: _labels, ...metadata } = template.metadata ?? {};
  const isEmpty = Object.keys(podLabels).length === 0;
  return { ...template, metadata: { ...metadata, ...(isEmpty ? {} : { labels: podLabels }) } };
}

function freeHash(
  { takenHashes, replicaSets }: ExperimentSnapshot,
  template: PodTemplateSpec,
  from: number | undefined,
): { readonly hash: string; readonly count: number | undefined } {
  const taken = new Set([
    ...takenHashes,
    ...replicaSets.map((rs) => rs.metadata.labels?.[labels.podTemplateHash] ?? ''),
  ]);
  for (let count = from; ; count = (count ?? 0) + 1) {
    const hash = podTemplateHash(template, count);
    if (!taken.has(hash)) return { hash, count };
  }
}

function freeName(base: string, taken: readonly string[]): string {
  let name = base;
  for (let suffix = 1; taken.includes(name); suffix += 1) name = `${base}-${suffix}`;
  return name;
}

/** Name of a template's Service: the user's, or that of its ReplicaSet. */
export function serviceName(template: ExperimentTemplate, replicaSet: ReplicaSet): string {
  const { name = '' } = template.service ?? {};
  return name === '' ? replicaSet.metadata.name : name;
}

/** The Service before the pods of a template, with one port a container port; `undefined` when there is none. */
export function buildService(
  experiment: Experiment,
  template: ExperimentTemplate,
  replicaSet: ReplicaSet,
): Service | undefined {
  const containers = replicaSet.spec.template?.spec?.containers ?? [];
  const ports = containers
    .flatMap((container) => container.ports ?? [])
    .map(({ name = '', containerPort, protocol }) => ({
      ...(name === '' ? {} : { name }),
      port: containerPort,
      targetPort: containerPort,
      ...(protocol === undefined ? {} : { protocol }),
    }));
  if (ports.length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownMetadata(experiment, template.name, serviceName(template, replicaSet)),
    spec: { selector: { ...replicaSet.metadata.labels }, ports },
  };
}

function ownMetadata(experiment: Experiment, template: string, name: string) {
  const { namespace } = experiment.metadata;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    annotations: {
      [annotations.experimentName]: experiment.metadata.name,
      [annotations.experimentTemplateName]: template,
    },
    ownerReferences: [experimentReference(experiment)],
  };
}

/** What makes the Experiment the controller of an object. */
export function experimentReference({ apiVersion, kind, metadata }: Experiment): OwnerReference {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
