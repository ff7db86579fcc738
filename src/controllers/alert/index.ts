import { kinds } from '#api/kinds.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { AlertDispatcher } from './dispatcher.js';

/** Keeps Alerts and Providers at hand for the dispatcher. There is nothing to reconcile: they have no status. */
export function createAlertController(dispatcher: AlertDispatcher): ControllerDefinition {
  return {
    name: 'alert',
    workers: 1,
    watches: [kinds.alert, kinds.provider].map((kind) => ({ kind, optional: true, keysOf: () => [] })),
    background: {
      subscribe: () => () => undefined,
      settled: () => dispatcher.settled(),
    },
    reconcile: () => Promise.resolve({}),
  };
}
