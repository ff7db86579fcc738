import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels, trafficFinalizer } from '#api/argoproj/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { controllerOf, groupOf } from '#core/kube/object.js';
import type { RolloutAction, Target } from '#core/rollout/actions.js';
import { ownerReference } from '#core/rollout/replica-sets/build.js';
import type { TrafficChange } from '#core/traffic/request.js';
import type { StepCall } from '#core/plugin/step-call.js';
import { AppError, type ErrorCode } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

/** What actions are carried out with. */
export interface ExecuteTools {
  readonly kube: Kube;
  readonly kindOf: (object: KubeObject) => Kind;
  /** Begins to ask a step plugin; never waits. */
  readonly callStepPlugin: (rollout: Rollout, call: StepCall) => void;
  /** Tells people of a failure that holds nothing up. */
  readonly warn: (rollout: Rollout, message: string) => void;
}

/** What the handlers of one pass share. */
interface Pass extends ExecuteTools {
  rollout: Rollout;
  /** Versions that this pass itself wrote, by uid: later actions on the same object build on them. */
  readonly versions: Map<string, string>;
}

type Handler<K extends RolloutAction['kind']> = (
  pass: Pass,
  action: Extract<RolloutAction, { readonly kind: K }>,
) => Promise<unknown>;

const scaleMayFail: readonly ErrorCode[] = ['KubeNotFound', 'KubeForbidden', 'KubeInvalid'];
const evictionMayFail: readonly ErrorCode[] = ['KubeNotFound', 'KubeConflict', 'KubeThrottled'];

const handlers = {
  patchRollout: async (pass, { target, patch }) => {
    const stored = await patchTarget<Rollout>(pass, kinds.rollout, target, patch);
    pass.rollout = stored;
  },
  holdDeletion: async (pass, { target, isHeld }) => {
    const others = (pass.rollout.metadata.finalizers ?? []).filter((name) => name !== trafficFinalizer);
    const finalizers = isHeld ? [...others, trafficFinalizer] : others;
    pass.rollout = await patchTarget<Rollout>(pass, kinds.rollout, target, { metadata: { finalizers } });
  },
  createReplicaSet: async (pass, { replicaSet }) => {
    try {
      await pass.kube.create(kinds.replicaSet, replicaSet);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'KubeAlreadyExists') throw thrown;
      await countCollision(pass, replicaSet.metadata.name);
      throw thrown;
    }
  },
  patchReplicaSet: (pass, { target, patch }) => patchTarget(pass, kinds.replicaSet, target, patch),
  scaleReplicaSet: (pass, { target, to, annotations: changed }) =>
    patchTarget(pass, kinds.replicaSet, target, {
      ...(Object.keys(changed).length === 0 ? {} : { metadata: { annotations: changed } }),
      spec: { replicas: to },
    }),
  patchPod: async (pass, { target: { name, uid }, patch }) => {
    const { metadata } = patch as { readonly metadata: object }; // our own patches are objects
    const body = { metadata: { ...metadata, uid } };
    try {
      await pass.kube.patch(keyOf(pass, kinds.pod, name), { type: 'merge', body });
    } catch (thrown) {
      // A pod that is gone needs no labels any more.
      if (!(thrown instanceof AppError) || thrown.code !== 'KubeNotFound') throw thrown;
    }
  },
  evictPod: async (pass, { target: { name, uid } }) => {
    const { namespace } = pass.rollout.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata,
      deleteOptions: { preconditions: { uid } },
    };
    try {
      await pass.kube.create(kinds.pod, eviction, { subresource: 'eviction' });
    } catch (thrown) {
      // Gone already, or a disruption budget forbids it now: the next passes see which.
      if (!(thrown instanceof AppError) || !evictionMayFail.includes(thrown.code)) throw thrown;
    }
  },
  deleteReplicaSet: (pass, { target }) => deleteTarget(pass, kinds.replicaSet, target),
  setSelector: (pass, { target, hash, managedBy }) =>
    patchTarget(pass, kinds.service, target, {
      metadata: { annotations: { [annotations.managedByRollouts]: managedBy } },
      spec: { selector: { [labels.podTemplateHash]: hash } },
    }),
  setTraffic: async (pass, { changes }) => {
    for (const change of changes) await writeChange(pass, change);
  },
  startAnalysis: (pass, { run }) => pass.kube.create(kinds.analysisRun, run),
  stopAnalysis: (pass, { target }) =>
    patchTarget(pass, kinds.analysisRun, target, { spec: { terminate: true } }),
  deleteAnalysis: (pass, { target }) => deleteTarget(pass, kinds.analysisRun, target),
  startExperiment: (pass, { experiment }) => pass.kube.create(kinds.experiment, experiment),
  stopExperiment: (pass, { target }) =>
    patchTarget(pass, kinds.experiment, target, { spec: { terminate: true } }),
  deleteExperiment: (pass, { target }) => deleteTarget(pass, kinds.experiment, target),
  scaleWorkload: async (pass, { target, to, metadata }) => {
    try {
      await patchTarget(pass, kinds.deployment, target, { metadata, spec: { replicas: to } });
    } catch (thrown) {
      // As with the peer a Deployment that cannot be scaled holds no release up. Its next change or pass tries again.
      if (!(thrown instanceof AppError) || !scaleMayFail.includes(thrown.code)) throw thrown;
      pass.warn(pass.rollout, `Deployment ${target.name} cannot be scaled to ${to}: ${thrown.message}`);
    }
  },
  callStepPlugin: (pass, { call }) => Promise.resolve(pass.callStepPlugin(pass.rollout, call)),
} satisfies { readonly [K in RolloutAction['kind']]: Handler<K> };

/**
 * Carries actions out in their order; the first failure stops those behind it and is thrown.
 * @param onDone told of each action that was carried out.
 * @returns the Rollout as it is stored now.
 */
export async function executeActions(
  tools: ExecuteTools,
  rollout: Rollout,
  actions: readonly RolloutAction[],
  onDone: (action: RolloutAction) => void,
): Promise<Rollout> {
  const pass: Pass = { ...tools, rollout, versions: new Map() };
  for (const action of actions) {
    await handle(pass, action);
    onDone(action);
  }
  return pass.rollout;
}

function handle<K extends RolloutAction['kind']>(
  pass: Pass,
  action: Extract<RolloutAction, { readonly kind: K }>,
): Promise<unknown> {
  const handler = handlers[action.kind] as unknown as Handler<K>; // the table pairs each kind with its handler
  return handler(pass, action);
}

function patchTarget<T extends KubeObject>(
  pass: Pass,
  kind: Kind,
  target: Target,
  patch: unknown,
): Promise<T> {
  const { metadata, ...rest } = patch as { readonly metadata?: object }; // our own patches are objects
  const body = { ...rest, metadata: { ...metadata, ...precondition(pass, target) } };
  return noted(pass, pass.kube.patch<T>(keyOf(pass, kind, target.name), { type: 'merge', body }));
}

function precondition(
  pass: Pass,
  target: Target,
): { readonly uid: string; readonly resourceVersion: string } {
  return { uid: target.uid, resourceVersion: pass.versions.get(target.uid) ?? target.resourceVersion };
}

async function noted<T extends KubeObject>(pass: Pass, write: Promise<T>): Promise<T> {
  const stored = await write;
  const { uid, resourceVersion } = stored.metadata;
  if (uid !== undefined && resourceVersion !== undefined) pass.versions.set(uid, resourceVersion);
  return stored;
}

function deleteTarget(pass: Pass, kind: Kind, { name, uid }: Target): Promise<boolean> {
  return pass.kube.delete(keyOf(pass, kind, name), { uid, propagationPolicy: 'Background' });
}

async function writeChange(pass: Pass, { change, object, ...rest }: TrafficChange): Promise<void> {
  const kind = pass.kindOf(object);
  switch (change) {
    case 'create': {
      const isOwned = 'owned' in rest && rest.owned;
      const metadata = isOwned
        ? { ...object.metadata, ownerReferences: [ownerReference(pass.rollout)] }
        : object.metadata;
      await pass.kube.create(kind, { ...object, metadata });
      return;
    }
    case 'update':
      refuseNoChange(object, await noted(pass, pass.kube.update(kind, object)));
      return;
    case 'delete': {
      const { name, namespace, uid } = object.metadata;
      const key = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
      await pass.kube.delete(key, uid === undefined ? {} : { uid });
    }
  }
}

/** A write that leaves no trace would be wanted again by every pass: whoever takes it back has to be told apart from nobody. */
function refuseNoChange({ kind, metadata }: KubeObject, stored: KubeObject): void {
  const { name, namespace = '', resourceVersion } = metadata;
  if (resourceVersion === undefined || stored.metadata.resourceVersion !== resourceVersion) return;
  const object = `${kind}/${namespace}/${name}`;
  const why = 'its definition does not know the fields, or a webhook takes them back';
  throw new AppError('KubeInvalid', `${object}: the API server keeps nothing of what was written: ${why}`, {
    object,
  });
}

/** The name of the new ReplicaSet belongs to somebody else: the next pass hashes with another count. */
async function countCollision(pass: Pass, name: string): Promise<void> {
  const { rollout } = pass;
  const existing = await pass.kube.get(keyOf(pass, kinds.replicaSet, name));
  if (existing === undefined || controllerOf(existing)?.uid === rollout.metadata.uid) return;
  const collisionCount = (rollout.status?.collisionCount ?? 0) + 1;
  const { uid, resourceVersion } = rollout.metadata;
  await pass.kube.patch(
    keyOf(pass, kinds.rollout, rollout.metadata.name),
    { type: 'merge', body: { metadata: { uid, resourceVersion }, status: { collisionCount } } },
    { subresource: 'status' },
  );
}

function keyOf(pass: Pass, kind: Kind, name: string) {
  const { namespace } = pass.rollout.metadata;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Finds the kind of a provider's object among the kinds that providers declared. */
export function kindLookup(declared: readonly Kind[]): (object: KubeObject) => Kind {
  return (object) => {
    const group = groupOf(object.apiVersion);
    const kind = declared.find((candidate) => candidate.group === group && candidate.kind === object.kind);
    if (kind !== undefined) return kind;
    throw new AppError('BrokenInvariant', `no provider declared ${object.apiVersion} ${object.kind}`);
  };
}
