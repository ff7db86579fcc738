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

const usualMetric = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

export const disruptionBudgetRules: KindRules = {
  prepareCreate: (budget) => ({
    ...budget,
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  }),
};

export const autoscalerRules: KindRules = {
  applyDefaults: (autoscaler) => ({
    ...autoscaler,
    spec: withDefaults({ minReplicas: 1, metrics: [usualMetric] }, autoscaler['spec']),
  }),
  prepareCreate: (autoscaler) => ({ ...autoscaler, status: { currentMetrics: null, desiredReplicas: 0 } }),
};
