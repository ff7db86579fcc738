import { objectAt, textAt } from '#core/json/read.js';
import { current, inProgress, type HealthRule } from '../rule.js';

export const service: HealthRule = {
  group: '',
  kind: 'Service',
  assess(object) {
    const spec = objectAt(object, 'spec');
    const lacksIp = textAt(spec, 'type') === 'LoadBalancer' && (textAt(spec, 'clusterIP') ?? '') === '';
    return lacksIp ? inProgress('ClusterIP not set. Service type: LoadBalancer') : current;
  },
};
