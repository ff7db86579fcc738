import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions } from '#api/argoproj/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { isEqual } from '#core/json/json.js';
import { findPlugin, type PluginConfig, type PluginEntry } from '#core/plugin/config.js';
import type { PluginMethod } from '#core/plugin/protocol.js';
import { parseStepResult, stepParams, type StepCall, type StepOutcome } from '#core/plugin/step-call.js';
import type { FinishedStepCall } from '#core/rollout/step-plugins/view.js';
import type { RolloutSnapshot } from '#core/rollout/snapshot.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import { WorkBoard } from '#runtime/controller/work-board.js';
import type { PluginConfiguration } from '../plugin/configuration.js';

const methods: Readonly<Record<StepCall['operation'], PluginMethod>> = {
  Run: 'step.run',
  Terminate: 'step.terminate',
  Abort: 'step.abort',
};

/** Asks step plugins between passes; each answer brings the next pass of its Rollout. */
export class StepPluginCalls {
  /** Without a limit: the host keeps to one for each plugin, so that none can hold up another. */
  readonly board = new WorkBoard<FinishedStepCall>(Number.POSITIVE_INFINITY);
  readonly #configuration: PluginConfiguration | undefined;
  readonly #clock: Clock;
  /** By Rollout and key: as what the plugin was configured when no answer came. A cache. */
  readonly #unanswered = new Map<string, Map<string, PluginEntry>>();

  /** @param configuration - absent: no plugin is configured. */
  constructor(clock: Clock, configuration: PluginConfiguration | undefined) {
    this.#clock = clock;
    this.#configuration = configuration;
  }

  /** What a pass over this Rollout may know; absent when none of its steps is a plugin. */
  view(rollout: Rollout): Pick<RolloutSnapshot, 'stepPlugins'> {
    const names = pluginNames(rollout);
    if (names.length === 0) return {};
    const config = this.#configuration?.read();
    const { uid = '' } = rollout.metadata;
    const { underWay, reports } = this.board.view(uid);
    const renewed = config === undefined ? [] : this.#renewed(rollout, config);
    const states =
      config === undefined
        ? {}
        : Object.fromEntries(names.map((name) => [name, findPlugin(config, 'step', name)]));
    return { stepPlugins: { states, calling: underWay, finished: reports, renewed } };
  }

  /** What this snapshot knew of is stored now. A pass over an invalid spec looks at nothing: its reports wait. */
  acknowledge({ rollout, stepPlugins }: RolloutSnapshot, { conditions }: RolloutStatus): void {
    if (conditions?.some(({ type }) => type === rolloutConditions.invalidSpec) === true) return;
    this.board.acknowledge(rollout.metadata.uid ?? '', stepPlugins?.finished ?? []);
  }

  start(rollout: Rollout, call: StepCall): void {
    const { namespace, name, uid = '' } = rollout.metadata;
    const key = { name, ...(namespace === undefined ? {} : { namespace }) };
    this.board.start({ key, uid }, call.key, async (signal) => {
      const outcome = await this.#ask(rollout, call, signal);
      return { key: call.key, finishedAt: this.#clock.now(), outcome };
    });
  }

  /** Forgets everything of Rollouts of this name, but for the one with that uid. */
  forget(key: ReconcileKey, keep: string | undefined): void {
    this.board.forget(key, keep);
    if (keep === undefined) this.#unanswered.delete(idOf(key));
  }

  #note({ metadata }: Rollout, key: string, entry: PluginEntry | undefined): void {
    const calls = this.#unanswered.get(idOf(metadata)) ?? new Map<string, PluginEntry>();
    if (entry === undefined) calls.delete(key);
    else calls.set(key, entry);
    if (calls.size === 0) this.#unanswered.delete(idOf(metadata));
    else this.#unanswered.set(idOf(metadata), calls);
  }

  #renewed({ metadata }: Rollout, config: PluginConfig): readonly string[] {
    return [...(this.#unanswered.get(idOf(metadata)) ?? [])]
      .filter(([, entry]) => !config.step.some((now) => isEqual(now, entry)))
      .map(([key]) => key);
  }

  async #ask(rollout: Rollout, call: StepCall, signal: AbortSignal): Promise<StepOutcome> {
    const configuration = this.#configuration;
    if (configuration === undefined) return { kind: 'unreachable', message: 'no plugin is configured' };
    const state = findPlugin(configuration.read(), 'step', call.name);
    if (state.kind !== 'ready') {
      const message = state.kind === 'unusable' ? state.message : `plugin ${call.name} is disabled`;
      return { kind: 'unreachable', message };
    }
    const { entry } = state;
    const params = stepParams(call, rollout);
    const reply = await configuration.host.call({ entry, method: methods[call.operation], params, signal });
    const outcome = reply.kind === 'result' ? parseStepResult(reply.result) : reply;
    this.#note(rollout, call.key, outcome.kind === 'unreachable' ? entry : undefined);
    return reply.kind === 'result' && outcome.kind === 'unreachable'
      ? { kind: 'unreachable', message: `plugin ${call.name}: ${outcome.message}` }
      : outcome;
  }
}

function idOf({ namespace, name }: ReconcileKey): string {
  return `${namespace ?? ''}/${name}`;
}

function pluginNames({ spec }: Rollout): readonly string[] {
  const steps = spec.strategy?.canary?.steps ?? [];
  return steps.flatMap(({ plugin }) => (plugin === undefined || plugin === null ? [] : [plugin.name]));
}

/** Every Rollout with a plugin among its steps: the configuration of plugins has changed. */
export function pluginStepKeys(_configMap: UnknownObject, cache: Cache): readonly ReconcileKey[] {
  return cache
    .list<Rollout>(kinds.rollout)
    .filter((rollout) => pluginNames(rollout).length > 0)
    .map(({ metadata: { namespace, name } }) => ({
      name,
      ...(namespace === undefined ? {} : { namespace }),
    }));
}
