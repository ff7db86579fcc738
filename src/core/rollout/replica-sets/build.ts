import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import { onAbortKeys } from '#api/flux/words.js';
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
  const { minReadySeconds, selector } = rollout.spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${rollout.metadata.name}-${hash}`,
      namespace,
      labels: setLabels,
      annotations: {
        ...inheritedAnnotations(rollout),
        ...noteOf(added),
        [annotations.revision]: String(revision),
        [annotations.desiredReplicas]: String(replicas),
      },
      ownerReferences: [ownerReference(rollout)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [labels.podTemplateHash]: hash } },
      template: { ...template, metadata: withAdded(template.metadata, setLabels, added) },
    },
  };
}

/** Notes what a role brought, so that it can be taken away again. */
function noteOf(added: AddedMetadata): Readonly<Record<string, string>> {
  const note = metadataNote(added);
  return note === null ? {} : { [annotations.ephemeralMetadata]: note };
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
  onAbortKeys.held,
];

/** The Rollout's annotations that its ReplicaSets get too. */
export function inheritedAnnotations(rollout: Rollout): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(rollout.metadata.annotations ?? {}).filter(
      ([key]) => !notInherited.includes(key) && !key.startsWith(annotations.notified),
    ),
  );
}
