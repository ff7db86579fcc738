import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace } from './world.js';

describe('analysis that begins at a pause', () => {
  it('is there before anybody sees the pause (14: startingStep)', async () => {
    const analysis = { templates: [{ templateName: 'gate' }], startingStep: 1 };
    const strategy = { canary: { analysis, steps: [{ setWeight: 50 }, { pause: {} }] } };
    const metrics = [{ name: 'm', provider: { web: { url: 'http://gate' } } }];
    const metadata = { name: 'gate', namespace };
    const gate = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata,
      spec: { metrics },
    };
    const world = createStoryWorld({
      objects: [...shopObjects({ replicas: 2, strategy }), gate],
      isBare: true,
    });
    await world.sandbox.clock.advance(10_000);
    const order: string[] = [];
    world.sandbox.store.onChange(({ after, before }) => {
      if (after?.kind === 'AnalysisRun' && before === undefined) order.push('run');
      const phase = (after as Rollout | undefined)?.status?.phase;
      if (after?.kind === 'Rollout' && phase === 'Paused') order.push('paused');
    });
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(10_000);
    expect(order.slice(0, 2)).to.deep.equal(['run', 'paused']);
  });
});
