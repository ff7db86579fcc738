import type { Rollout } from '#api/argoproj/rollout.js';
import { labels, rolloutEvents } from '#api/argoproj/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { RolloutAction } from '#core/rollout/actions.js';
import { decideRollout, type RolloutDecision } from '#core/rollout/decide.js';
import { eventsOfActions } from '#core/rollout/events/events-of.js';
import { factsOf } from '#core/rollout/facts.js';
import type { RolloutSnapshot } from '#core/rollout/snapshot.js';
import { createError } from '#core/rollout/status/create-error.js';
import { toAppError } from '#ports/errors.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { slimPod } from '#core/rollout/why/pod-trouble.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';
import { isDeletionHeld } from '#core/rollout/traffic/guard-deletion.js';
import type { TrafficProvider } from '#providers/contract.js';
import { trafficProviders } from '#providers/index.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type {
  ControllerDefinition,
  ReconcileKey,
  ReconcileResult,
  Watch,
} from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { budgetsBeside } from './budgets.js';
import { deletionTeller } from './deletions.js';
import { executeActions, kindLookup, type ExecuteTools } from './execute.js';
import {
  endpointSliceKeys,
  ownerKeys,
  ownKey,
  podKeys,
  routeKeys,
  serviceKeys,
  templateKeys,
} from './keys.js';
import type { PluginConfiguration } from '../plugin/configuration.js';
import { observeRollout } from './observe.js';
import { pluginStepKeys, StepPluginCalls } from './step-plugins.js';
import { nextLook } from './next-look.js';
import { releaseAll } from './release.js';
import { markedWorkloads, restoreWorkloads, Workloads, workloadsMarkedBy } from './workloads.js';

export interface RolloutControllerOptions {
  /** Default: every registered provider. */
  readonly providers?: readonly TrafficProvider[];
  /** Propagation time in ms by provider id, instead of what the provider says. */
  readonly propagationMs?: Readonly<Record<string, number>>;
  /** How long proxies may need to learn of changed endpoints. Default 1000. */
  readonly endpointPropagationMs?: number;
  /** Opens watches of the kinds that `workloadRef` names. Absent: no workload can be read. */
  readonly watches?: DynamicWatches;
  /** Where step plugins come from. Absent: none is configured. */
  readonly plugins?: PluginConfiguration;
  /** Told of every decision, before it is carried out: the page shows what a release waits for. */
  readonly onDecision?: (key: ReconcileKey, decision: RolloutDecision) => void;
}

/** The controller of Rollouts: observes from the cache, decides purely, executes in order. */
export function createRolloutController(
  deps: ControllerDeps,
  options: RolloutControllerOptions = {},
): ControllerDefinition {
  const providers = options.providers ?? trafficProviders;
  const observing = {
    providers,
    propagationMs: options.propagationMs ?? {},
    endpointPropagationMs: options.endpointPropagationMs ?? 1000,
  };
  const workloads = new Workloads(deps.cache, deps.clock, options.watches);
  const calls = new StepPluginCalls(deps.clock, options.plugins);
  const kindOf = kindLookup(providers.flatMap((provider) => provider.watches.map(({ kind }) => kind)));
  const deletions = deletionTeller(deps.events);
  const tools: ExecuteTools = {
    kube: deps.kube,
    kindOf,
    callStepPlugin: calls.start.bind(calls),
    warn: (rollout, message) =>
      deps.events.record(rollout, [{ type: 'Warning', reason: rolloutEvents.reconciliationError, message }]),
  };
  return {
    name: 'rollout',
    watches: [...ownWatches, ...pluginWatches(options.plugins), ...providerWatches(providers)],
    background: calls.board,
    reconcile: async (key): Promise<ReconcileResult> => {
      const rollout = deps.cache.get<Rollout>(kinds.rollout, key.namespace, key.name);
      calls.forget(key, rollout?.metadata.uid);
      if (rollout === undefined) {
        deletions.tell(key);
        await releaseAll(deps, key, providers, kindOf);
        return {};
      }
      deletions.know(key, rollout);
      if (rollout.metadata.deletionTimestamp !== undefined) {
        await restoreWorkloads(deps.kube, workloadsMarkedBy(deps.cache, key.namespace ?? '', key.name));
        if (!isDeletionHeld({ rollout })) return {};
      }
      const requeueAt = workloads.notBefore(rollout);
      if (requeueAt !== undefined) return { requeueAt };
      const findWorkload = workloads.finderFor(rollout);
      const budgets = budgetsBeside(deps, options.watches, rollout);
      const seeing = { ...observing, findWorkload, budgets, ...calls.view(rollout) };
      const snapshot = observeRollout(deps.cache, rollout, deps.clock.now(), seeing);
      const decision = decideRollout(snapshot);
      options.onDecision?.(key, decision);
      const stored = await carryOut(deps, tools, snapshot, decision);
      if (stored === undefined) return {};
      calls.acknowledge(snapshot, decision.status);
      logPass(deps, key, decision);
      return nextLook(deps, decision, stored);
    },
  };
}

/** Acts, stores the status, tells. What was done of a pass that fails is told too: the next pass does not see it. `undefined`: it is gone. */
async function carryOut(
  deps: ControllerDeps,
  tools: ExecuteTools,
  snapshot: RolloutSnapshot,
  decision: RolloutDecision,
): Promise<Rollout | undefined> {
  const { rollout } = snapshot;
  const done: RolloutAction[] = [];
  try {
    const current = await executeActions(tools, rollout, decision.actions, (action) => done.push(action));
    const next = { ...current, status: rollout.status };
    const stored = await writeStatusIfChanged(deps.kube, kinds.rollout, next as Rollout, decision.status); // the status that was decided on
    deps.events.record(stored, decision.events);
    return stored;
  } catch (thrown) {
    if (await isGone(deps, rollout, thrown)) return undefined;
    deps.events.record(rollout, eventsOfActions(factsOf(snapshot), done));
    const failed = decision.actions[done.length];
    if (failed?.kind === 'setTraffic') tellTrafficError(deps, rollout, thrown);
    if (failed?.kind === 'createReplicaSet') await tellCreateError(deps, rollout, failed.replicaSet, thrown);
    throw thrown;
  }
}

async function tellCreateError(
  { kube, clock, events }: ControllerDeps,
  rollout: Rollout,
  { metadata }: ReplicaSet,
  thrown: unknown,
): Promise<void> {
  const { code, message } = toAppError(thrown);
  // The name is taken: another hash is tried, nothing is wrong.
  if (code === 'KubeAlreadyExists') return;
  const { status, event } = createError(rollout, metadata.name, message, clock.now());
  events.record(rollout, [event]);
  try {
    await writeStatusIfChanged(kube, kinds.rollout, rollout, status);
  } catch {
    // The pass failed already, and is tried again.
  }
}

/** A route that could not be written; one that somebody else wrote at the same time is simply looked at again. */
function tellTrafficError({ events }: ControllerDeps, rollout: Rollout, thrown: unknown): void {
  const { code, message } = toAppError(thrown);
  if (code === 'KubeConflict') return;
  events.record(rollout, [{ type: 'Warning', reason: rolloutEvents.trafficRoutingError, message }]);
}

/** The cache had not heard yet that the Rollout was deleted: nothing is left to do for it. */
async function isGone({ kube }: ControllerDeps, { metadata }: Rollout, thrown: unknown): Promise<boolean> {
  if (toAppError(thrown).code !== 'KubeNotFound') return false;
  const { namespace, name, uid } = metadata;
  const key = { kind: kinds.rollout, name, ...(namespace === undefined ? {} : { namespace }) };
  return (await kube.get(key))?.metadata.uid !== uid;
}

function logPass({ log }: ControllerDeps, key: ReconcileKey, decision: RolloutDecision): void {
  if (decision.actions.length === 0) return;
  log.info('rollout pass', {
    rollout: `${key.namespace ?? ''}/${key.name}`,
    because: decision.because,
    actions: decision.actions.map((action) => action.kind),
  });
}

const ownWatches: readonly Watch[] = [
  { kind: kinds.rollout, keysOf: ownKey },
  { kind: kinds.replicaSet, labelSelector: labels.podTemplateHash, keysOf: ownerKeys },
  {
    kind: kinds.pod,
    labelSelector: labels.podTemplateHash,
    project: slimPod,
    keysOf: podKeys,
  },
  { kind: kinds.service, keysOf: serviceKeys },
  { kind: kinds.endpointSlice, keysOf: endpointSliceKeys },
  { kind: kinds.analysisRun, keysOf: ownerKeys },
  { kind: kinds.experiment, keysOf: ownerKeys },
  { kind: kinds.analysisTemplate, keysOf: templateKeys },
  { kind: kinds.clusterAnalysisTemplate, keysOf: templateKeys },
  markedWorkloads,
];

function pluginWatches(plugins: PluginConfiguration | undefined): readonly Watch[] {
  return plugins === undefined ? [] : [{ kind: kinds.configMap, only: plugins.only, keysOf: pluginStepKeys }];
}

/** One watch a kind, however many providers read it. */
function providerWatches(providers: readonly TrafficProvider[]): readonly Watch[] {
  const watched = new Map<string, { readonly kind: Kind; readonly optional: boolean }>();
  for (const { kind, optional } of providers.flatMap((provider) => provider.watches)) {
    watched.set(`${kind.group}/${kind.kind}`, { kind, optional });
  }
  return [...watched.values()].map(({ kind, optional }) => ({
    kind,
    ...(optional ? { optional } : {}),
    keysOf: routeKeys(kind, providers),
  }));
}
