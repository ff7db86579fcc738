import { expect } from 'chai';
import { createCliWorld } from '#test/fakes/cli-io.js';
import { buildRelease, releaseStatuses } from '#test/fakes/release.js';

const objects = [
  ...buildRelease({ name: 'calm', status: releaseStatuses.healthy }),
  ...buildRelease({ name: 'held', status: releaseStatuses.paused }),
  ...buildRelease({ name: 'broken', status: releaseStatuses.aborted }),
];

describe('sluice list rollouts', () => {
  it('lists what needs a person first', async () => {
    const { code, out } = await (await createCliWorld({ objects })).run('list rollouts');
    expect(code).to.equal(0);
    expect(out).to.equal(
      `NAMESPACE  NAME    STRATEGY  PHASE     STEP  WEIGHT  READY  WHY
shop       broken  canary    Degraded  0/4   0 %     1/2    aborted: gate success-rate: 1 failed, 0 tolerated
shop       held    canary    Paused    1/4   20 %    1/2    step 2 of 4: pause without end
shop       calm    canary    Healthy   4/4   100 %   1/2    1 of 2 pods ready
`,
    );
  });
  it('lists one namespace, and every one with -A', async () => {
    const world = await createCliWorld({ objects });
    const other = await world.run('list ro -n default');
    expect([other.code, other.out, other.err]).to.deep.equal([
      0,
      '',
      'no rollouts found in namespace "default"\n',
    ]);
    expect((await world.run('list ro -A -n default')).out.split('\n')).to.have.length(5);
    expect((await (await createCliWorld()).run('list rollouts --all-namespaces')).err).to.equal(
      'no rollouts found\n',
    );
  });
});
