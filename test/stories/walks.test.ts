import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { keepChronicle } from './chronicle.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld } from './world.js';

interface Walk {
  readonly replicas: number;
  readonly weight: number;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly sizes: string;
}

/** Some of the walks of section 7.3 in a cluster; the ladder itself is shown all of them where it is. */
const walks: readonly Walk[] = [
  { replicas: 10, weight: 100, maxSurge: '25%', maxUnavailable: '25%', sizes: 'S8 C5 S3 C10 S0' },
  { replicas: 3, weight: 50, maxSurge: '25%', maxUnavailable: '25%', sizes: 'C1 S2 C2' },
];

const instant = { 'web:*': { readyAfterMs: 0 } };

describe('walks of a basic canary (7.3)', () => {
  async function start({ replicas, weight, maxSurge, maxUnavailable }: Walk) {
    const strategy = { canary: { maxSurge, maxUnavailable, steps: [{ setWeight: weight }, { pause: {} }] } };
    const world = createStoryWorld({
      objects: shopObjects({ replicas, strategy }),
      images: instant,
      isBare: true,
    });
    const chronicle = keepChronicle(world);
    await world.sandbox.clock.advance(20_000);
    chronicle.turnPage();
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(30_000);
    return { world, chronicle };
  }

  for (const walk of walks) {
    it(`R${walk.replicas} w${walk.weight} ${walk.maxSurge}/${walk.maxUnavailable}: ${walk.sizes}`, async () => {
      const { chronicle } = await start(walk);
      expect(chronicle.sizes().join(' ')).to.equal(walk.sizes);
    });
  }

  it('R10 abort from 5/5, 1/0: S6 C4 S7 C3 S8 C2 S9 C1 S10 C0', async () => {
    const walk = { replicas: 10, weight: 50, maxSurge: 1, maxUnavailable: 0, sizes: '' };
    const { world, chronicle } = await start(walk);
    expect(chronicle.sizes().slice(-2)).to.deep.equal(['C5', 'S5']);
    chronicle.turnPage();
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(30_000);
    expect(chronicle.sizes().join(' ')).to.equal('S6 C4 S7 C3 S8 C2 S9 C1 S10 C0');
  });
});
