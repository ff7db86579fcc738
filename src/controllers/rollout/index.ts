import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import { decideRollout, type RolloutDecision } from '#core/rollout/decide.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';
import { isDeletionHeld } from '#core/rollout/traffic/guard-deletion.js';
import type { TrafficProvider } from '#providers/contract.js';
import { trafficProviders } from '#providers/index.js';
import type { ControllerDefinition, ReconcileKey, ReconcileResult } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import type { PluginConfiguration } from '../plugin/configuration.js';
import { budgetsBeside } from './budgets.js';
import { carryOut, type CarryOutTools } from './carry-out.js';
import { deletionTeller } from './deletions.js';
import { kindLookup, type ExecuteTools } from './execute.js';
import { StatusGathering } from './gathering.js';
import { observeRollout } from './observe.js';
import { StepPluginCalls } from './step-plugins.js';
import { nextLook } from './next-look.js';
import { releaseAll } from './release.js';
import { requireRights } from './rights.js';
import { watchesOf } from './watches.js';
import { restoreWorkloads, Workloads, workloadsMarkedBy } from './workloads.js';

/** How the controller of Rollouts is set up. */
export interface RolloutControllerOptions {
  /** Default: every registered provider. */
  readonly providers?: readonly TrafficProvider[];
  /** Propagation time in ms by provider id, instead of what the provider says. */
  readonly propagationMs?: Readonly<Record<string, number>>;
  /** How long proxies may need to learn of changed endpoints. Default 1000. */
  readonly endpointPropagationMs?: number;
  /** How long numbers of pods are gathered before they are written without a transition. Default 1000. */
  readonly gatherMs?: number;
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
  const shop = workshopOf(deps, options);
  return {
    name: 'rollout',
    watches: watchesOf(shop.providers, options.plugins),
    background: shop.calls.board,
    reconcile: (key) => reconcile(shop, key),
  };
}

/** What the passes over all Rollouts share. */
interface Workshop {
  readonly deps: ControllerDeps;
  readonly options: RolloutControllerOptions;
  readonly providers: readonly TrafficProvider[];
  readonly workloads: Workloads;
  readonly calls: StepPluginCalls;
  readonly deletions: ReturnType<typeof deletionTeller>;
  readonly tools: CarryOutTools;
}

function workshopOf(deps: ControllerDeps, options: RolloutControllerOptions): Workshop {
  const { providers = trafficProviders } = options;
  const calls = new StepPluginCalls(deps.clock, options.plugins);
  const kindOf = kindLookup(providers.flatMap((provider) => provider.watches.map(({ kind }) => kind)));
  return {
    deps,
    options,
    providers,
    workloads: new Workloads(deps.cache, deps.clock, options.watches),
    calls,
    deletions: deletionTeller(deps.events),
    tools: {
      ...toolsOf(deps, kindOf, calls),
      gathering: new StatusGathering(options.gatherMs ?? 1000),
    },
  };
}

async function reconcile(shop: Workshop, key: ReconcileKey): Promise<ReconcileResult> {
  const { deps, providers, calls, deletions, tools } = shop;
  const rollout = deps.cache.get<Rollout>(kinds.rollout, key.namespace, key.name);
  calls.forget(key, rollout?.metadata.uid);
  if (rollout === undefined) {
    deletions.tell(key);
    tools.gathering.forget(key);
    await releaseAll(deps, key, providers, tools.kindOf);
    return {};
  }
  deletions.know(key, rollout);
  if (rollout.metadata.deletionTimestamp !== undefined) {
    await restoreWorkloads(deps.kube, workloadsMarkedBy(deps.cache, key.namespace ?? '', key.name));
    if (!isDeletionHeld({ rollout })) return {};
  }
  return pass(shop, key, rollout);
}

/** One pass over a Rollout that is there. */
async function pass(shop: Workshop, key: ReconcileKey, rollout: Rollout): Promise<ReconcileResult> {
  const { deps, options, providers, workloads, calls, tools } = shop;
  await requireRights(deps, rollout, providers);
  const requeueAt = workloads.notBefore(rollout);
  if (requeueAt !== undefined) return { requeueAt };
  const snapshot = observeRollout(deps.cache, rollout, deps.clock.now(), {
    providers,
    propagationMs: options.propagationMs ?? {},
    endpointPropagationMs: options.endpointPropagationMs ?? 1000,
    findWorkload: workloads.finderFor(rollout),
    budgets: budgetsBeside(deps, options.watches, rollout),
    ...calls.view(rollout),
  });
  const decision = decideRollout(snapshot);
  options.onDecision?.(key, decision);
  const outcome = await carryOut(deps, tools, snapshot, decision);
  if (outcome === undefined) return {};
  calls.acknowledge(snapshot, decision.status);
  return { ...nextLook(deps, decision, outcome), ...didOf(decision) };
}

function toolsOf(
  { kube, events }: ControllerDeps,
  kindOf: ExecuteTools['kindOf'],
  calls: StepPluginCalls,
): ExecuteTools {
  return {
    kube,
    kindOf,
    callStepPlugin: calls.start.bind(calls),
    warn: (rollout, message) =>
      events.record(rollout, [{ type: 'Warning', reason: rolloutEvents.reconciliationError, message }]),
  };
}

/** The log names passes that changed the cluster; steps and pauses are told by the events. */
function didOf({ because, actions }: RolloutDecision): Pick<ReconcileResult, 'did'> {
  return actions.length === 0 ? {} : { did: { because, actions: actions.map(({ kind }) => kind) } };
}
