import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { createCliWorld, type CliWorld, type CliWorldOptions, type Finished } from '#test/fakes/cli-io.js';
import { buildRelease, releaseStatuses } from '#test/fakes/release.js';

const { paused, undecided, aborted, healthy } = releaseStatuses;

async function read(world: CliWorld, name = 'web'): Promise<Rollout> {
  const rollout = await world.kube.get<Rollout>({ kind: kinds.rollout, namespace: 'shop', name });
  if (rollout === undefined) throw new Error('the rollout is gone');
  return rollout;
}

/** Runs the line against a Rollout with this status; gives what was said and the Rollout after it. */
async function run(
  line: string,
  status: Rollout['status'] = {},
  options: CliWorldOptions = {},
): Promise<Finished & { readonly rollout: Rollout }> {
  const world = await createCliWorld({ objects: buildRelease({ status }), ...options });
  const finished = await world.run(line);
  return { ...finished, rollout: await read(world) };
}

describe('sluice promote', () => {
  it('ends a pause', async () => {
    const { code, out, rollout } = await run('promote web', paused);
    expect([code, out]).to.deep.equal([0, "rollout 'web' promoted\n"]);
    expect(rollout.status?.pauseConditions).to.equal(undefined);
    expect(rollout.status?.currentStepIndex).to.equal(1);
  });
  it('accepts an undecided gate and moves on', async () => {
    const { rollout } = await run('promote web', undecided);
    expect(rollout.status).to.include({ controllerPause: false, currentStepIndex: 2 });
  });
  it('skips the step that runs', async () => {
    const { rollout } = await run('promote web', { currentStepIndex: 2 });
    expect(rollout.status?.currentStepIndex).to.equal(3);
  });
  it('refuses when there is nothing to promote', async () => {
    const { code, err } = await run('promote web', healthy);
    expect([code, err]).to.deep.equal([
      1,
      "error: rollout 'web': nothing to promote: no pause holds and no step runs\n",
    ]);
  });
  it('promotes fully', async () => {
    const { out, rollout } = await run('promote --full web', paused);
    expect(out).to.equal("rollout 'web' fully promoted\n");
    expect(rollout.status?.promoteFull).to.equal(true);
    expect((await run('promote web --full=false', paused)).rollout.status?.promoteFull).to.equal(undefined);
    expect((await run('promote web --full', healthy)).code).to.equal(1);
  });
});

describe('sluice abort, retry, pause, resume', () => {
  it('abort marks the rollout', async () => {
    const { out, rollout } = await run('abort web');
    expect(out).to.equal("rollout 'web' aborted\n");
    expect(rollout.status?.abort).to.equal(true);
    expect((await run('abort web', healthy)).err).to.include('nothing to abort');
  });
  for (const line of ['retry web', 'retry rollout web', 'retry ro web', 'retry ro/web'])
    it(`"${line}" takes the mark away`, async () => {
      const { code, out, rollout } = await run(line, aborted);
      expect([code, out, rollout.status?.abort]).to.deep.equal([0, "rollout 'web' retried\n", false]);
    });
  it('a rollout may be named like a kind', async () => {
    const objects = buildRelease({ name: 'rollout', status: aborted });
    const world = await createCliWorld({ objects });
    expect((await world.run('retry rollout')).out).to.equal("rollout 'rollout' retried\n");
  });
  it('several rollouts may be named', async () => {
    const objects = [...buildRelease(), ...buildRelease({ name: 'api' })];
    const world = await createCliWorld({ objects });
    expect((await world.run('abort web api')).out).to.equal("rollout 'web' aborted\nrollout 'api' aborted\n");
  });
  it('pause and resume change the spec', async () => {
    const world = await createCliWorld({ objects: buildRelease() });
    expect((await world.run('pause web')).out).to.equal("rollout 'web' paused\n");
    expect((await read(world)).spec.paused).to.equal(true);
    expect((await world.run('pause web')).err).to.include('it is paused already');
    expect((await world.run('resume web')).out).to.equal("rollout 'web' resumed\n");
    expect((await read(world)).spec.paused).to.equal(false);
  });
});

describe('sluice restart', () => {
  it('restarts now, or after a while', async () => {
    const now = await run('restart web');
    expect([now.out, now.rollout.spec.restartAt]).to.deep.equal([
      "rollout 'web' restarts in 0s\n",
      '2026-01-02T03:12:00Z',
    ]);
    const later = await run('restart web --in 1h30m');
    expect([later.out, later.rollout.spec.restartAt]).to.deep.equal([
      "rollout 'web' restarts in 1h30m0s\n",
      '2026-01-02T04:42:00Z',
    ]);
    expect((await run('restart web -i tomorrow')).code).to.equal(2);
  });
});

describe('sluice undo', () => {
  const image = (rollout: Rollout): unknown => rollout.spec.template?.spec?.containers[0]?.image;

  it('puts the template of the revision before back', async () => {
    const { out, rollout } = await run('undo web', paused);
    expect([out, image(rollout)]).to.deep.equal(["rollout 'web' undone\n", 'web:1']);
    expect(rollout.spec.template?.metadata?.labels).to.deep.equal({ app: 'web' });
  });
  it('goes to a revision that is kept', async () => {
    expect(image((await run('undo web --to-revision 1')).rollout)).to.equal('web:1');
    expect(image((await run('undo web --to-revision=1')).rollout)).to.equal('web:1');
  });
  it('says which revisions are kept when it is another', async () => {
    const { code, err } = await run('undo web --to-revision 7');
    expect([code, err]).to.deep.equal([1, "error: rollout 'web': revision 7 is not kept; there are 1, 2\n"]);
    expect((await run('undo web --to-revision 2')).err).to.equal(
      "error: rollout 'web' is at revision 2 already\n",
    );
    expect((await run('undo web --to-revision last')).code).to.equal(2);
  });
});
