import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { createCliWorld } from '#test/fakes/cli-io.js';
import { settle } from '#test/fakes/manual-clock.js';
import { buildRelease } from '#test/fakes/release.js';
import { WeightLog } from './weight-log.js';

describe('the weight log of the demo', () => {
  it('keeps every weight that a status said, once, by hash, also those that stood shortly', async () => {
    const { kube } = await createCliWorld({ objects: buildRelease() });
    const log = new WeightLog();
    const stop = new AbortController();
    const following = log.follow(kube, stop.signal);
    await settle();
    const key = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
    const say = async (hash: string, weight: number): Promise<unknown> => {
      const share = { weight, podTemplateHash: hash, serviceName: 'canary' };
      const stable = { weight: 100 - weight, podTemplateHash: 'aaaa', serviceName: 'stable' };
      const body = { status: { currentPodHash: hash, canary: { weights: { canary: share, stable } } } };
      return kube.patch(key, { type: 'merge', body }, { subresource: 'status' });
    };
    for (const weight of [0, 20, 20, 40, 100, 0]) await say('bbbb', weight);
    await say('cccc', 20);
    await settle();
    stop.abort();
    await following;
    expect(log.climbOf('web', 'bbbb')).to.deep.equal([20, 40, 100]);
    expect(log.climbOf('web', 'cccc')).to.deep.equal([20]);
    expect(log.climbOf('other', 'bbbb')).to.deep.equal([]);
  });
});
