import type { Experiment, ExperimentAnalysis } from '#api/argoproj/experiment.js';
import { labels } from '#api/argoproj/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { withRefusal } from '#core/experiment/conditions.js';
import { decideExperiment, type ExperimentDecision } from '#core/experiment/decide.js';
import type { ExperimentSnapshot } from '#core/experiment/snapshot.js';
import { controllerOf } from '#core/kube/object.js';
import type { Cache } from '#ports/cache.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type {
  ControllerDefinition,
  ReconcileKey,
  ReconcileResult,
  Watch,
} from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { tellingRefusals } from '../refusal/telling.js';
import { executeActions } from './execute.js';
import { observeExperiment, owningRollout } from './observe.js';

export interface ExperimentControllerOptions {
  /** Told of every decision, before it is carried out. */
  readonly onDecision?: (key: ReconcileKey, decision: ExperimentDecision) => void;
}

/** The controller of Experiments: observes from the cache, decides purely, executes in order. */
export function createExperimentController(
  deps: ControllerDeps,
  options: ExperimentControllerOptions = {},
): ControllerDefinition {
  const definition: ControllerDefinition = {
    name: 'experiment',
    watches,
    workers: 10,
    reconcile: async (key): Promise<ReconcileResult> => {
      const experiment = deps.cache.get<Experiment>(kinds.experiment, key.namespace, key.name);
      if (experiment === undefined || experiment.metadata.deletionTimestamp !== undefined) return {};
      const snapshot = observeExperiment(deps.cache, experiment, deps.clock.now());
      return pass(deps, snapshot, (decision) => options.onDecision?.(key, decision));
    },
  };
  return tellingRefusals<Experiment>(definition, deps, {
    kind: kinds.experiment,
    needs: neededKinds,
    refused: withRefusal,
    write: { subresource: false },
  });
}

/** The kinds without which nothing can be decided of this experiment. */
function neededKinds({ spec: { templates, analyses = [] } }: Experiment): readonly Kind[] {
  const hasService = templates.some(({ service }) => service !== undefined);
  const isOfCluster = (analysis: ExperimentAnalysis) => analysis.clusterScope === true;
  return [
    kinds.replicaSet,
    kinds.rollout,
    ...(hasService ? [kinds.service] : []),
    ...(analyses.length > 0 ? [kinds.analysisRun] : []),
    ...(analyses.some(isOfCluster) ? [kinds.clusterAnalysisTemplate] : []),
    ...(analyses.every(isOfCluster) ? [] : [kinds.analysisTemplate]),
  ];
}

async function pass(
  deps: ControllerDeps,
  snapshot: ExperimentSnapshot,
  tell: (decision: ExperimentDecision) => void,
): Promise<ReconcileResult> {
  const decision = decideExperiment(snapshot);
  tell(decision);
  const { experiment } = snapshot;
  // What was refused in this pass is told in the status and not tried again.
  const isFinal = snapshot.refusals.length > 0;
  const outcome = isFinal
    ? ({ kind: 'done' } as const)
    : await executeActions(deps.kube, experiment, decision.actions);
  if (outcome.kind === 'refused') return pass(deps, { ...snapshot, refusals: [outcome.refusal] }, tell);
  if (outcome.kind === 'taken') return pass(deps, withTaken(snapshot, outcome.name), tell);
  const options = { subresource: false } as const;
  const stored = await writeStatusIfChanged(
    deps.kube,
    kinds.experiment,
    experiment,
    decision.status,
    options,
  );
  deps.events.record(stored, decision.events);
  const rollout = owningRollout(deps.cache, experiment);
  if (rollout !== undefined) deps.events.record(rollout, decision.rolloutEvents);
  logPass(deps, experiment, decision);
  return decision.requeueAt === undefined ? {} : { requeueAt: decision.requeueAt };
}

function withTaken(snapshot: ExperimentSnapshot, name: string): ExperimentSnapshot {
  const { replicaSets, services } = snapshot.takenNames;
  return { ...snapshot, takenNames: { replicaSets: [...replicaSets, name], services } };
}

function logPass({ log }: ControllerDeps, { metadata }: Experiment, decision: ExperimentDecision): void {
  if (decision.actions.length === 0) return;
  log.info('experiment pass', {
    experiment: metadata.name,
    namespace: metadata.namespace ?? '',
    because: decision.because,
    actions: decision.actions.map((action) => action.kind),
  });
}

/** The Experiment that controls the object. */
function ownerKeys(object: UnknownObject): readonly ReconcileKey[] {
  const owner = controllerOf(object);
  return owner?.kind === kinds.experiment.kind ? [keyOf(object, owner.name)] : [];
}

/** The experiments of a Rollout: they wait for its traffic to leave them. */
function experimentsOf(rollout: UnknownObject, cache: Cache): readonly ReconcileKey[] {
  const { namespace, uid } = rollout.metadata;
  if (uid === undefined) return [];
  const owned = cache.list(kinds.experiment, { namespace: namespace ?? '', ownerUid: uid });
  return owned.map((experiment) => keyOf(experiment, experiment.metadata.name));
}

function keyOf({ metadata: { namespace } }: UnknownObject, name: string): ReconcileKey {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

const watches: readonly Watch[] = [
  { kind: kinds.experiment, keysOf: (object) => [keyOf(object, object.metadata.name)] },
  { kind: kinds.replicaSet, labelSelector: labels.podTemplateHash, keysOf: ownerKeys },
  { kind: kinds.service, keysOf: ownerKeys },
  { kind: kinds.analysisRun, keysOf: ownerKeys },
  { kind: kinds.rollout, keysOf: experimentsOf },
  // Only looked up: what is missing when the experiment begins makes it an Error.
  { kind: kinds.analysisTemplate, keysOf: () => [] },
  { kind: kinds.clusterAnalysisTemplate, keysOf: () => [] },
];
