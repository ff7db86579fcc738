import type { KindRules } from '../resource-type.js';
import { defaultPodSpec, fieldsIn } from './pod-defaults.js';
import { validatePodSpec, validatePodUpdate } from './pod-validation.js';

/** Five minutes on a node that is lost, as the server's admission grants them. */
const tolerations = ['not-ready', 'unreachable'].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** Pods go when their kubelet says so; pods that no kubelet has, or that have ended, go at once. */
export const podRules: KindRules = {
  applyDefaults: (pod) => ({ ...pod, spec: { enableServiceLinks: true, ...defaultPodSpec(pod['spec']) } }),
  prepareCreate: (pod) => ({
    ...pod,
    spec: { preemptionPolicy: 'PreemptLowerPriority', priority: 0, tolerations, ...fieldsIn(pod['spec']) },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  }),
  validate: (pod) => validatePodSpec(pod['spec'], 'spec'),
  validateUpdate: (pod, old) => validatePodUpdate(pod['spec'], old['spec']),
  gracePeriodOf: (pod, asked) => {
    const { nodeName, terminationGracePeriodSeconds } = fieldsIn(pod['spec']);
    const { phase } = fieldsIn(pod['status']);
    if (nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
    if (asked !== undefined) return Math.max(asked, 0);
    return typeof terminationGracePeriodSeconds === 'number' ? terminationGracePeriodSeconds : 30;
  },
};
