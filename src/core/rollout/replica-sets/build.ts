import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { OwnerReference } from '#api/k8s/meta.js';
import { withAntiAffinity } from './anti-affinity.js';
import { metadataOfNew } from './role-metadata.js';
import { metadataNote, type AddedMetadata } from './template.js';

/** The ReplicaSet of a Rollout's current template as it is created: without pods. */
export function buildReplicaSet(
  rollout: Rollout,
  hash: string,
  revision: number,
  replicas: number,
): ReplicaSet {
  const { canary, blueGreen } = rollout.spec.strategy ?? {};
  const namespace = rollout.metadata.namespace ?? '';
  const stableHash = rollout.status?.stableRS ?? '';
  const template = withAntiAffinity(
    rollout.spec.template ?? {},
    canary?.antiAffinity ?? blueGreen?.antiAffinity,
    stableHash === hash ? '' : stableHash,
    namespace,
  );
  const setLabels = { ...template.metadata?.labels, [labels.podTemplateHash]: hash };
  const added = metadataOfNew(rollout);
  const note = metadataNote(added);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${rollout.metadata.name}-${hash}`,
      namespace,
      labels: setLabels,
      annotations: {
        ...inheritedAnnotations(rollout),
        ...(note === null ? {} : { [annotations.ephemeralMetadata]: note }),
        [annotations.revision]: String(revision),
        [annotations.desiredReplicas]: String(replicas),
      },
      ownerReferences: [ownerReference(rollout)],
    },
    spec: {
      replicas: 0,
      ...(rollout.spec.minReadySeconds === undefined
        ? {}
        : { minReadySeconds: rollout.spec.minReadySeconds }),
      selector: {
        ...rollout.spec.selector,
        matchLabels: { ...rollout.spec.selector?.matchLabels, [labels.podTemplateHash]: hash },
      },
      template: { ...template, metadata: withAdded(template.metadata, setLabels, added) },
    },
  };
}

/** The metadata of pods: as in the template, with the hash, and with what their role brings. */
function withAdded(
  metadata: PodTemplateSpec['metadata'],
  podLabels: Readonly<Record<string, string>>,
  added: AddedMetadata,
): NonNullable<PodTemplateSpec['metadata']> {
  const notes = { ...metadata?.annotations, ...added.annotations };
  return {
    ...metadata,
    labels: { ...podLabels, ...added.labels },
    ...(Object.keys(notes).length === 0 ? {} : { annotations: notes }),
  };
}

/** What makes the Rollout the controller of an object. */
export function ownerReference(rollout: Rollout): OwnerReference {
  return {
    apiVersion: rollout.apiVersion,
    kind: rollout.kind,
    name: rollout.metadata.name,
    uid: rollout.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

const notInherited: readonly string[] = [
  annotations.lastApplied,
  annotations.revision,
  annotations.revisionHistory,
  annotations.desiredReplicas,
];

/** The Rollout's annotations that its ReplicaSets get too. */
export function inheritedAnnotations(rollout: Rollout): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(rollout.metadata.annotations ?? {}).filter(
      ([key]) => !notInherited.includes(key) && !key.startsWith(annotations.notified),
    ),
  );
}
