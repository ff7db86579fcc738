import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { PluginConfiguration } from '#controllers/plugin/configuration.js';
import type { PluginHost, PluginReply, PluginRequest } from '#ports/plugin-host.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';

/** What a plugin was asked, in short. */
export interface AskedPlugin {
  readonly method: string;
  readonly atMs: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A host whose plugins answer as a test says; it keeps what was asked. */
export class ScriptedPlugins implements PluginHost {
  readonly asked: AskedPlugin[] = [];
  /** `n` counts requests of the method from 1. */
  answer: (request: PluginRequest, n: number) => PluginReply | Promise<PluginReply> = () => result({});
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async call(request: PluginRequest): Promise<PluginReply> {
    const { method, params } = request;
    this.asked.push({ method, atMs: this.#now(), params: { ...params } });
    return this.answer(request, this.asked.filter((one) => one.method === method).length);
  }

  hasFeature(): boolean {
    return false;
  }

  keepOnly(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function result(value: object): PluginReply {
  return { kind: 'result', result: value };
}

/** The ConfigMap of plugins in the namespace `sluice`. */
export function pluginConfigMapOf(data: Readonly<Record<string, string>>): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argo-rollouts-config', namespace: 'sluice' },
    data,
  };
}

/** The configuration as the controllers read it; `deps` are asked for when it is read. */
export function lateConfiguration(
  deps: () => Pick<ControllerDeps, 'cache' | 'log' | 'events'>,
  host: PluginHost,
): PluginConfiguration {
  const late = {
    get cache() {
      return deps().cache;
    },
    get log() {
      return deps().log;
    },
    get events() {
      return deps().events;
    },
  };
  return new PluginConfiguration(late, { namespace: 'sluice', host });
}
