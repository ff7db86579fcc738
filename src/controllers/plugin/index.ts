import { kinds } from '#api/kinds.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { PluginConfiguration } from './configuration.js';

/** Reads the ConfigMap of plugins whenever it changes, so that what is wrong in it is told before a plugin is needed. */
export function createPluginController(configuration: PluginConfiguration): ControllerDefinition {
  return {
    name: 'plugin',
    watches: [{ kind: kinds.configMap, only: configuration.only, keysOf: () => [configuration.only] }],
    workers: 1,
    reconcile: () => {
      configuration.read();
      return Promise.resolve({});
    },
  };
}
