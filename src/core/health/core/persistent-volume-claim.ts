import { objectAt, textAt } from '#core/json/read.js';
import { current, inProgress, type HealthRule } from '../rule.js';

export const persistentVolumeClaim: HealthRule = {
  group: '',
  kind: 'PersistentVolumeClaim',
  assess(object) {
    const phase = textAt(objectAt(object, 'status'), 'phase');
    return phase === 'Bound' ? current : inProgress(`PVC is not Bound. phase: ${phase ?? 'unknown'}`);
  },
};
