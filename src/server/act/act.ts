import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import {
  actionPatch,
  undoTargetOf,
  withPrecondition,
  type ActionWrite,
} from '#core/rollout-actions/action-patch.js';
import { revisionOf } from '#core/view/facts/roles.js';
import type { ActRequest } from '#core/view/wire/stream.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Kube, ObjectKey, Patch } from '#ports/kube.js';
import type { ActOutcome, ActPorts } from './outcome.js';
import { recordAct } from './record.js';

const attempts = 3;

/** Carries out what a person asked for, if the Rollout still is what that person saw. */
export async function act(request: ActRequest, actor: string, ports: ActPorts): Promise<ActOutcome> {
  const { namespace, name } = request.object;
  const key: ObjectKey = { kind: kinds.rollout, namespace, name };
  for (let attempt = 1; ; attempt += 1) {
    // The first look is the cache; after a conflict the API server itself is asked.
    const rollout =
      attempt === 1
        ? ports.cache.get<Rollout>(kinds.rollout, namespace, name)
        : await ports.kube.get<Rollout>(key);
    if (rollout === undefined) return { status: 404, message: `Rollout/${namespace}/${name} does not exist` };
    const changed = changedSince(rollout, request);
    if (changed !== undefined) return { status: 409, message: changed };
    const plan = planFor(request, rollout, ports);
    if (!plan.ok) return { status: 409, message: plan.why };
    try {
      const stored = await write(plan.writes, rollout, key, ports);
      const { step } = request;
      const place = { ...rollout, apiVersion: apiVersionOf(kinds.rollout), kind: kinds.rollout.kind };
      await recordAct(request, place, actor, ports, step === null ? '' : ` at step ${step + 1}`);
      return { status: 202, id: request.requestId, resourceVersion: stored };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.class !== 'Conflict') throw error;
      if (attempt === attempts) return { status: 409, message: 'the Rollout keeps changing; look again' };
    }
  }
}

/** What differs from what the person saw, in words; the version alone moves too often to mean anything. */
function changedSince(rollout: Rollout, { uid, step }: ActRequest): string | undefined {
  if (rollout.metadata.uid !== uid) return 'it was deleted and created again since you opened this';
  const now = rollout.status?.currentStepIndex ?? null;
  if (now === step) return undefined;
  const say = (index: number | null): string => (index === null ? 'no step' : `step ${index + 1}`);
  return `it moved on since you opened this: ${say(step)} → ${say(now)}`;
}

function planFor(
  { verb }: ActRequest,
  rollout: Rollout,
  { cache, clock }: ActPorts,
): ReturnType<typeof actionPatch> {
  const { namespace = '', uid = '' } = rollout.metadata;
  const replicaSets = cache.list<ReplicaSet>(kinds.replicaSet, { namespace, ownerUid: uid });
  const undoTo = undoTargetOf(replicaSets, revisionOf);
  return actionPatch(verb, rollout, { now: clock.now(), ...(undoTo === undefined ? {} : { undoTo }) });
}

async function write(
  writes: readonly ActionWrite[],
  rollout: Rollout,
  key: ObjectKey,
  { kube }: ActPorts,
): Promise<string> {
  let version = rollout.metadata.resourceVersion;
  for (const one of writes) {
    const { patch, subresource, target } = withPrecondition(one, rollout.metadata.uid ?? '', version);
    const place = target === undefined ? key : await placeOf(target, key, kube);
    const options = subresource === undefined ? {} : { subresource };
    const stored = await kube.patch<KubeObject>(place, patch satisfies Patch, options);
    if (target === undefined) version = stored.metadata.resourceVersion;
  }
  return version ?? '';
}

async function placeOf(
  target: NonNullable<ActionWrite['target']>,
  { namespace }: ObjectKey,
  kube: Kube,
): Promise<ObjectKey> {
  const kind = await kube.resolve(target.apiVersion, target.kind);
  if (kind === undefined)
    throw new AppError('KubeNoSuchKind', `${target.apiVersion} ${target.kind} is not served here`);
  return { kind, name: target.name, ...(namespace === undefined ? {} : { namespace }) };
}
