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
import { carryOut } from './carry-out.js';
import { deletionTeller } from './deletions.js';
import { kindLookup, type ExecuteTools } from './execute.js';
import { observeRollout } from './observe.js';
import { StepPluginCalls } from './step-plugins.js';
import { nextLook } from './next-look.js';
import { releaseAll } from './release.js';
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
  const { propagationMs = {}, endpointPropagationMs = 1000 } = options;
  const workloads = new Workloads(deps.cache, deps.clock, options.watches);
  const calls = new StepPluginCalls(deps.clock, options.plugins);
  const kindOf = kindLookup(providers.flatMap((provider) => provider.watches.map(({ kind }) => kind)));
  const deletions = deletionTeller(deps.events);
  const tools = toolsOf(deps, kindOf, calls);
  return {
    name: 'rollout',
    watches: watchesOf(providers, options.plugins),
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
      const bounds = { providers, propagationMs, endpointPropagationMs };
      const seeing = { ...bounds, findWorkload, budgets, ...calls.view(rollout) };
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

function logPass({ log }: ControllerDeps, key: ReconcileKey, decision: RolloutDecision): void {
  if (decision.actions.length === 0) return;
  log.info('rollout pass', {
    rollout: `${key.namespace ?? ''}/${key.name}`,
    because: decision.because,
    actions: decision.actions.map((action) => action.kind),
  });
}
