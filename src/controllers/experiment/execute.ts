import type { Experiment } from '#api/argoproj/experiment.js';
import { annotations } from '#api/argoproj/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { ExperimentAction } from '#core/experiment/actions.js';
import type { Refusal } from '#core/experiment/snapshot.js';
import { controllerOf } from '#core/kube/object.js';
import type { Target } from '#core/rollout/actions.js';
import { toAppError, type AppError, type ErrorClass } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

/** What the handlers of one pass share. */
interface Pass {
  readonly kube: Kube;
  readonly experiment: Experiment;
}

type Handlers = {
  readonly [K in ExperimentAction['kind']]: (
    pass: Pass,
    action: Extract<ExperimentAction, { readonly kind: K }>,
  ) => Promise<unknown>;
};

const handlers: Handlers = {
  createReplicaSet: ({ kube }, { replicaSet }) => kube.create(kinds.replicaSet, replicaSet),
  scaleReplicaSet: (pass, { target, to, deadline }) =>
    patchTarget(pass, kinds.replicaSet, target, {
      ...(deadline === undefined ? {} : { annotations: { [annotations.scaleDownDeadline]: deadline } }),
      spec: { replicas: to },
    }),
  dateReplicaSet: (pass, { target, deadline }) =>
    patchTarget(pass, kinds.replicaSet, target, {
      annotations: { [annotations.scaleDownDeadline]: deadline },
    }),
  createService: ({ kube }, { service }) => kube.create(kinds.service, service),
  deleteService: (pass, { target: { name, uid } }) =>
    pass.kube.delete(keyOf(pass, kinds.service, name), { uid, propagationPolicy: 'Background' }),
  startAnalysis: ({ kube }, { run }) => kube.create(kinds.analysisRun, run),
  stopAnalysis: (pass, { target }) =>
    patchTarget(pass, kinds.analysisRun, target, { spec: { terminate: true } }),
};

/** How far a pass came. */
export type Outcome =
  | { readonly kind: 'done' }
  /** The cluster will never accept the action: a fact for the next decision of this pass. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The name of a ReplicaSet belongs to somebody whom the cache does not show. */
  | { readonly kind: 'taken'; readonly name: string };

/** Classes of errors that no repetition mends. */
const final: readonly ErrorClass[] = ['InvalidSpec', 'Denied'];

/** Carries actions out in their order up to the first that is refused; what a repetition may mend is thrown. */
export async function executeActions(
  kube: Kube,
  experiment: Experiment,
  actions: readonly ExperimentAction[],
): Promise<Outcome> {
  const pass: Pass = { kube, experiment };
  for (const action of actions) {
    try {
      await handle(pass, action);
    } catch (thrown) {
      return await judge(pass, action, toAppError(thrown));
    }
  }
  return { kind: 'done' };
}

function handle<K extends ExperimentAction['kind']>(
  pass: Pass,
  action: Extract<ExperimentAction, { readonly kind: K }>,
): Promise<unknown> {
  const handler: Handlers[K] = handlers[action.kind];
  return handler(pass, action);
}

async function judge(pass: Pass, action: ExperimentAction, error: AppError): Promise<Outcome> {
  const { kind } = action;
  if (kind === 'createReplicaSet' && error.code === 'KubeAlreadyExists') {
    const { name } = action.replicaSet.metadata;
    const existing = await pass.kube.get(keyOf(pass, kinds.replicaSet, name));
    const isOwn = existing !== undefined && controllerOf(existing)?.uid === pass.experiment.metadata.uid;
    if (existing !== undefined && !isOwn) return { kind: 'taken', name };
  }
  const isReported =
    kind === 'createReplicaSet' ||
    kind === 'scaleReplicaSet' ||
    kind === 'createService' ||
    kind === 'startAnalysis';
  if (!isReported || !final.includes(error.class)) throw error;
  return { kind: 'refused', refusal: { action: kind, of: action.of, message: error.message } };
}

function patchTarget(
  pass: Pass,
  kind: Kind,
  { name, uid, resourceVersion }: Target,
  { annotations: changed, ...rest }: { readonly annotations?: object; readonly spec?: object },
): Promise<unknown> {
  const metadata = { uid, resourceVersion, ...(changed === undefined ? {} : { annotations: changed }) };
  return pass.kube.patch(keyOf(pass, kind, name), { type: 'merge', body: { ...rest, metadata } });
}

function keyOf({ experiment }: Pass, kind: Kind, name: string) {
  const { namespace } = experiment.metadata;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
