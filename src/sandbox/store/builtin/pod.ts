import { isObject } from '#core/json/json.js';
import type { KindRules } from '../resource-type.js';

/** Pods go when their kubelet says so; pods that no kubelet has, or that have ended, go at once. */
export const podRules: KindRules = {
  prepareCreate: (pod) => ({ ...pod, status: { phase: 'Pending', qosClass: 'BestEffort' } }),
  gracePeriodOf: (pod, asked) => {
    const spec = isObject(pod['spec']) ? pod['spec'] : {};
    const phase = isObject(pod['status']) ? pod['status']['phase'] : undefined;
    if (spec['nodeName'] === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
    if (asked !== undefined) return Math.max(asked, 0);
    return typeof spec['terminationGracePeriodSeconds'] === 'number'
      ? spec['terminationGracePeriodSeconds']
      : 30;
  },
};
