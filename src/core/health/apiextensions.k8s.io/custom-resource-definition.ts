import { conditionOf, current, failed, inProgress, type HealthRule } from '../rule.js';

export const customResourceDefinition: HealthRule = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  assess(object) {
    const names = conditionOf(object, 'NamesAccepted');
    if (names?.status === 'False') return failed(names.message ?? 'names are not accepted');
    const established = conditionOf(object, 'Established');
    if (established?.status === 'True') return current;
    if (established?.status === 'False' && established.reason !== 'Installing') {
      return failed(established.message ?? 'is not established');
    }
    return inProgress('Install in progress');
  },
};
