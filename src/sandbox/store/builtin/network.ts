import type { KindRules } from '../resource-type.js';
import { requiredValue } from '../causes.js';
import { fieldsIn, itemsIn, withDefaults } from './pod-defaults.js';

/** Ports of slices have a name, if only an empty one, and a protocol. */
export const endpointSliceRules: KindRules = {
  applyDefaults: (slice) => ({
    ...slice,
    endpoints: slice['endpoints'] ?? [],
    ports: itemsIn(slice['ports']).map((port) => withDefaults({ name: '', protocol: 'TCP' }, port)),
  }),
};

export const ingressRules: KindRules = {
  prepareCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  validate: (ingress) =>
    itemsIn(fieldsIn(ingress['spec'])['rules']).flatMap((rule, i) =>
      itemsIn(fieldsIn(fieldsIn(rule)['http'])['paths']).flatMap((path, j) =>
        fieldsIn(path)['pathType'] === undefined
          ? [requiredValue(`spec.rules[${i}].http.paths[${j}].pathType`, 'pathType must be specified')]
          : [],
      ),
    ),
};

export const autoscalerRules: KindRules = {
  applyDefaults: (autoscaler) => ({
    ...autoscaler,
    spec: withDefaults({ minReplicas: 1 }, autoscaler['spec']),
  }),
};
