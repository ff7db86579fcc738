import { expect } from 'chai';
import type { KubeObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { shopObjects } from './shop.js';
import { createStoryWorld } from './world.js';

/** The schema without what Sluice adds to the status, as the peer's definition has it. */
function withoutOurs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOurs);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key]) => key !== 'why' && key !== 'traffic' && key !== 'x-kubernetes-preserve-unknown-fields',
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutOurs(inner)]));
}

describe('a definition of Rollouts that is not ours', () => {
  it('makes no storm of writes, and an event says what to do', async () => {
    const strategy = { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } };
    const world = createStoryWorld({
      objects: shopObjects({ strategy }),
      definitions: (all) => all.map((one) => withoutOurs(one as unknown as JsonObject) as KubeObject),
    });
    await world.sandbox.clock.advance(120_000);
    expect(world.decisions.length).to.be.below(60);
    expect((await world.events()).join()).to.contain('apply those of Sluice');
    expect(world.failures).to.deep.equal([]);
  });
});
