import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import {
  emptyPluginConfig,
  parsePluginConfig,
  pluginConfigMap,
  type PluginConfig,
} from '#core/plugin/config.js';
import type { PluginHost, Plugins } from '#ports/plugin-host.js';
import type { Watch } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';

/** Where plugins are configured, and who runs them. */
export interface PluginConfigurationOptions {
  /** Where the ConfigMap is: the namespace of the controllers. */
  readonly namespace: string;
  /** Told to end the programs of plugins that are not configured any more. */
  readonly host: PluginHost;
}

/** What the ConfigMap says of plugins now. What is wrong in it is told once, and does not take away what was right. */
export class PluginConfiguration implements Plugins {
  /** The ConfigMap, for the watches of whoever reads this. */
  readonly only: NonNullable<Watch['only']>;
  readonly host: PluginHost;
  readonly #deps: Pick<ControllerDeps, 'cache' | 'log' | 'events'>;
  #seen: string | undefined;
  #config = emptyPluginConfig;
  #said = '';

  constructor(deps: Pick<ControllerDeps, 'cache' | 'log' | 'events'>, options: PluginConfigurationOptions) {
    this.#deps = deps;
    this.host = options.host;
    this.only = { namespace: options.namespace, name: pluginConfigMap };
  }

  /** From the cache alone. */
  read(): PluginConfig {
    const { namespace, name } = this.only;
    const map = this.#deps.cache.get<ConfigMap>(kinds.configMap, namespace, name);
    const seen = `${map?.metadata.uid ?? ''}/${map?.metadata.resourceVersion ?? ''}`;
    if (seen === this.#seen) return this.#config;
    this.#seen = seen;
    const { config, problems } = parsePluginConfig(map?.data ?? {}, this.#config);
    this.#config = config;
    this.host.keepOnly([...config.step, ...config.metric, ...config.key]);
    if (map !== undefined) this.#tell(map, [...problems, ...unsupported(config)]);
    return config;
  }

  #tell(map: ConfigMap, problems: readonly string[]): void {
    const { log, events } = this.#deps;
    const said = problems.join('\n');
    if (said === this.#said) return;
    this.#said = said;
    for (const problem of problems) {
      log.warn('plugin configuration', { configMap: `${this.only.namespace}/${this.only.name}`, problem });
    }
    const reason = rolloutEvents.reconciliationError;
    events.record(
      map,
      problems.map((message) => ({ type: 'Warning', reason, message })),
    );
  }
}

function unsupported({ trafficRouters }: PluginConfig): readonly string[] {
  if (trafficRouters.length === 0) return [];
  return [
    `trafficRouterPlugins: [${trafficRouters.join(', ')}] are not supported: routers are built in, see docs/support.md`,
  ];
}
