import { expect } from 'chai';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { routedBy } from './shop.js';
import { tell } from './telling.js';

const steps = [{ setWeight: 25 }, { pause: { duration: 5 } }, { setWeight: 50 }, { pause: {} }];
const strategies = {
  istio: { canary: { ...routedBy('istio'), steps } },
  none: { canary: { maxSurge: 1, maxUnavailable: 0, steps } },
};

/** Every so many writes are refused, as they are when somebody else was quicker. */
function refusing(every: number): (kube: Kube) => Kube {
  let count = 0;
  return (kube) => {
    const refuse = () => {
      count += 1;
      if (every > 0 && count % every === 0)
        throw new AppError('KubeConflict', 'the object has been modified');
    };
    return {
      ...kube,
      patch: async (key, patch, options) => {
        refuse();
        return kube.patch(key, patch, options);
      },
      update: async (kind, object, options) => {
        refuse();
        return kube.update(kind, object, options);
      },
    };
  };
}

describe('a release whose writes conflict', () => {
  async function live(router: 'istio' | 'none', every: number) {
    const shop = { replicas: 4, strategy: strategies[router], router };
    const { chronicle, apply, wait, status } = await tell(shop, { wrapKube: refusing(every) }, 60);
    await apply('web:2');
    await wait(60);
    await status({ abort: true });
    await wait(90);
    await status({ abort: false });
    await wait(60);
    await status({ pauseConditions: null });
    await wait(120);
    return chronicle.events();
  }

  for (const router of ['istio', 'none'] as const) {
    it(`is told as if they did not: router ${router}`, async () => {
      const calm = await live(router, 0);
      expect(calm.at(-1)).to.not.equal(undefined);
      const torn = await live(router, 3);
      const sorted = (events: readonly string[]) => events.toSorted((a, b) => a.localeCompare(b));
      expect(sorted(torn)).to.deep.equal(sorted(calm));
    });
  }
});

describe('a release whose weights the API server does not keep', () => {
  it('says so and tries now and then, not again and again', async () => {
    let writes = 0;
    const losing = (kube: Kube): Kube => ({
      ...kube,
      update: async (kind, object, options) => {
        if (kind.kind !== 'VirtualService') return kube.update(kind, object, options);
        writes += 1;
        return object;
      },
    });
    const shop = { replicas: 4, strategy: strategies.istio, router: 'istio' } as const;
    const { chronicle, apply, wait } = await tell(shop, { wrapKube: losing }, 60);
    await apply('web:2');
    await wait(120);
    expect(chronicle.events().join('\n')).to.contain(
      'TrafficRoutingError: VirtualService/shop/web: the API server keeps nothing of what was written',
    );
    expect(writes).to.be.within(2, 20);
  });
});
