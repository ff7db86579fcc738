import type { Deployment, Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { Instant } from '#core/time/instant.js';
import type { NewObject } from '#ports/kube.js';
import { controllerReference, type WorkloadAction, type WorkloadDecision } from '../action.js';
import {
  byAge,
  findNewReplicaSet,
  hashLabel,
  highestRevision,
  revisionAnnotation,
  revisionOf,
} from './revision.js';
import { planResize, planUpdate, type Sizes, sizeOf } from './scale.js';
import { buildStatus } from './status.js';
import { type DeploymentSettings, readSettings } from './strategy.js';

export interface DeploymentSnapshot {
  readonly now: Instant;
  readonly deployment: Deployment;
  /** Controlled by it. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Of all its ReplicaSets, those on their way out included. */
  readonly pods: readonly Pod[];
}

const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';

/** Moves the pods to the current template, as `spec.strategy` says. */
export function decideDeployment(snapshot: DeploymentSnapshot): WorkloadDecision<Deployment['status']> {
  const { deployment, now } = snapshot;
  if (deployment.metadata.deletionTimestamp !== undefined) return { actions: [] };
  const settings = readSettings(deployment);
  const all = byAge(snapshot.replicaSets);
  const fresh = findNewReplicaSet(deployment, all);
  const old = all.filter((set) => set !== fresh);
  const { status, deadlineAt } = buildStatus({ now, deployment, settings, fresh, all });
  const timer = deadlineAt === undefined || deadlineAt <= now ? {} : { requeueAt: deadlineAt };
  if (fresh === undefined && !settings.isPaused) {
    const first = buildReplicaSet(deployment, settings, all);
    const message = `Scaled up replica set ${first.metadata.name} to ${first.spec.replicas}`;
    const events: readonly EventRecord[] = [{ type: 'Normal', reason: 'ScalingReplicaSet', message }];
    const actions: readonly WorkloadAction[] = [
      { kind: 'createObject', of: kinds.replicaSet, object: first },
    ];
    return { actions, status, events: first.spec.replicas === 0 ? [] : events, ...timer };
  }
  const hasOldPods = snapshot.pods.some((pod) => !belongsTo(pod, fresh));
  const view = { settings, fresh, old, hasOldPods };
  const isResize = settings.isPaused || hasNewSize(all, settings);
  const sizes = isResize ? planResize(view) : planUpdate(view);
  const revised = settings.isPaused ? [] : reviseNew(deployment, fresh, old);
  const resized = resizeActions(all, sizes, settings, isResize);
  // One write of an object a pass: a second would be planned on a version that the first made stale.
  if (revised.length > 0) return { actions: revised, status, ...timer };
  return {
    actions: resized.actions.length > 0 ? resized.actions : cleanUp(settings, old, status),
    status,
    events: resized.events,
    ...timer,
  };
}

/** Whether the wanted number changed since the active ReplicaSets were last sized. */
function hasNewSize(all: readonly ReplicaSet[], settings: DeploymentSettings): boolean {
  return all.some((set) => {
    const desired = set.metadata.annotations?.[desiredAnnotation];
    return sizeOf(set) > 0 && desired !== undefined && Number(desired) !== settings.replicas;
  });
}

function belongsTo(pod: Pod, set: ReplicaSet | undefined): boolean {
  return pod.metadata.ownerReferences?.some(({ uid }) => uid === set?.metadata.uid) === true;
}

type NewReplicaSet = NewObject<KubeObject> & {
  readonly metadata: { readonly name: string };
  readonly spec: ReplicaSet['spec'];
};

function buildReplicaSet(
  deployment: Deployment,
  settings: DeploymentSettings,
  all: readonly ReplicaSet[],
): NewReplicaSet {
  const { name, namespace } = deployment.metadata;
  const { template, selector } = deployment.spec;
  // Kubernetes hashes another text than a Rollout of the same template: their ReplicaSets never get the same name.
  const hash = podTemplateHash(template, 0);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const total = all.reduce((sum, set) => sum + sizeOf(set), 0);
  const room = Math.max(0, settings.replicas + settings.maxSurge - total);
  const replicas = settings.isRecreate && total > 0 ? 0 : Math.min(settings.replicas, room);
  const built: NewReplicaSet = {
    apiVersion: apiVersionOf(kinds.replicaSet),
    kind: kinds.replicaSet.kind,
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: {
        ...ownAnnotations(deployment),
        [revisionAnnotation]: String(highestRevision(all) + 1),
        [desiredAnnotation]: String(settings.replicas),
        'deployment.kubernetes.io/max-replicas': String(settings.replicas + settings.maxSurge),
      },
      ownerReferences: [controllerReference(kinds.deployment, deployment)],
    },
    spec: {
      replicas,
      ...(settings.minReadySeconds === 0 ? {} : { minReadySeconds: settings.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
  return built;
}

/** Annotations of the Deployment that its ReplicaSets carry too. */
function ownAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const {
    [revisionAnnotation]: _revision,
    'kubectl.kubernetes.io/last-applied-configuration': _applied,
    ...rest
  } = deployment.metadata.annotations ?? {};
  return rest;
}

/** An old template that is current again gets the next revision; the Deployment shows it. */
function reviseNew(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly WorkloadAction[] {
  if (fresh === undefined) return [];
  const revision = Math.max(revisionOf(fresh), highestRevision(old) + 1);
  const annotations = { [revisionAnnotation]: String(revision) };
  const patch = { metadata: { annotations } };
  return [
    ...(revisionOf(fresh) === revision ? [] : [patchOf('replicaSet', fresh, patch)]),
    ...(deployment.metadata.annotations?.[revisionAnnotation] === String(revision)
      ? []
      : [patchOf('deployment', deployment, patch)]),
  ];
}

function resizeActions(
  all: readonly ReplicaSet[],
  sizes: Sizes,
  settings: DeploymentSettings,
  isResize: boolean,
): { readonly actions: readonly WorkloadAction[]; readonly events: readonly EventRecord[] } {
  const annotations = {
    [desiredAnnotation]: String(settings.replicas),
    'deployment.kubernetes.io/max-replicas': String(settings.replicas + settings.maxSurge),
  };
  const touched = all.filter((set) => sizes.has(set.metadata.name) || (isResize && sizeOf(set) > 0));
  const actions = touched.map((set) => {
    const replicas = sizes.get(set.metadata.name) ?? sizeOf(set);
    return patchOf('replicaSet', set, { metadata: { annotations }, spec: { replicas } });
  });
  const events = touched.flatMap((set): readonly EventRecord[] => {
    const size = sizes.get(set.metadata.name);
    if (size === undefined) return [];
    const word = size > sizeOf(set) ? 'up' : 'down';
    const message = `Scaled ${word} replica set ${set.metadata.name} from ${sizeOf(set)} to ${size}`;
    return [{ type: 'Normal', reason: 'ScalingReplicaSet', message }];
  });
  return { actions: settings.isPaused && sizes.size === 0 ? [] : actions, events };
}

/** Old empty ReplicaSets beyond the history limit, once the update is complete. */
function cleanUp(
  settings: DeploymentSettings,
  old: readonly ReplicaSet[],
  status: NonNullable<Deployment['status']>,
): readonly WorkloadAction[] {
  if (status.updatedReplicas !== status.replicas) return [];
  const empty = old.filter((set) => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0);
  const surplus = Math.max(0, empty.length - settings.revisionHistoryLimit);
  const oldest = [...empty].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
  return oldest.map((set) => ({ kind: 'deleteObject', of: kinds.replicaSet, object: set }));
}

function patchOf(
  kind: 'replicaSet' | 'deployment',
  object: KubeObject,
  patch: Readonly<Record<string, unknown>>,
): WorkloadAction {
  return { kind: 'patchObject', of: kinds[kind], object, patch };
}
