import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { createCliWorld, type CliWorld, type CliWorldOptions, type Finished } from '#test/fakes/cli-io.js';
import { buildRelease, buildRun, releaseStatuses } from '#test/fakes/release.js';

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
  it('says when there is nothing to promote, and is no failure', async () => {
    const { code, out, err } = await run('promote web', healthy);
    expect([code, out, err]).to.deep.equal([
      0,
      "rollout 'web' promoted\n",
      "note: rollout 'web': nothing to promote: no pause holds and no step runs\n",
    ]);
  });
  it('promotes fully', async () => {
    const { out, rollout } = await run('promote --full web', paused);
    expect(out).to.equal("rollout 'web' fully promoted\n");
    expect(rollout.status?.promoteFull).to.equal(true);
    expect((await run('promote web --full=false', paused)).rollout.status?.promoteFull).to.equal(undefined);
    const settled = await run('promote web --full', healthy);
    expect([settled.code, settled.rollout.status?.promoteFull]).to.deep.equal([0, undefined]);
  });
});

describe('sluice abort, retry, pause, resume', () => {
  it('abort marks the rollout', async () => {
    const { out, rollout } = await run('abort web');
    expect(out).to.equal("rollout 'web' aborted\n");
    expect(rollout.status?.abort).to.equal(true);
    expect((await run('abort web', healthy)).err).to.include("note: rollout 'web': nothing to abort");
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
    expect([out, image(rollout)]).to.deep.equal(["rollout 'web' undo\n", 'web:1']);
    expect(rollout.spec.template?.metadata?.labels).to.deep.equal({ app: 'web' });
  });
  it('goes to a revision that is kept', async () => {
    expect(image((await run('undo web --to-revision 1')).rollout)).to.equal('web:1');
    expect(image((await run('undo web --to-revision=1')).rollout)).to.equal('web:1');
  });
  it('says which revisions are kept when it is another', async () => {
    const { code, err } = await run('undo web --to-revision 7');
    expect([code, err]).to.deep.equal([
      1,
      'error: unable to find specified revision 7 in history; there are 1, 2\n',
    ]);
    expect((await run('undo web --to-revision last')).code).to.equal(2);
  });
  it('leaves a template that is there already', async () => {
    const { code, out, rollout } = await run('undo web --to-revision 2');
    expect([code, out, image(rollout)]).to.deep.equal([
      0,
      'skipped rollback (current template already matches revision 2)\n',
      'web:2',
    ]);
  });
  it('fails when there was no revision before', async () => {
    const [rollout, ...rest] = buildRelease();
    const objects = [
      rollout,
      ...rest.filter(({ metadata }) => metadata.name.includes('bbbb')),
    ] as KubeObject[];
    const { code, err } = await (await createCliWorld({ objects })).run('undo web');
    expect([code, err]).to.deep.equal([1, 'error: no revision found for rollout "web"\n']);
  });
});

describe('sluice retry experiment, terminate', () => {
  const experiment = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'try', namespace: 'shop' },
    spec: { templates: [] },
    status: { phase: 'Failed', message: 'no' },
  };

  async function runOn(line: string) {
    const world = await createCliWorld({ objects: [experiment, ...buildRelease(), buildRun('Running', [])] });
    const { code, out, err } = await world.run(line);
    const found = (kind: Kind, name: string) => world.kube.get({ kind, namespace: 'shop', name });
    return {
      code,
      out,
      err,
      experiment: await found(kinds.experiment, 'try'),
      run: await found(kinds.analysisRun, 'web-bbbb-2-1'),
    };
  }

  for (const line of ['retry experiment try', 'retry exp try', 'retry experiment/try'])
    it(`"${line}" empties the status`, async () => {
      const { code, out, experiment: after } = await runOn(line);
      expect([code, out]).to.deep.equal([0, "experiment 'try' retried\n"]);
      expect(after).not.to.have.property('status');
    });
  it('terminate marks an experiment', async () => {
    const { out, experiment: after } = await runOn('terminate experiment try');
    expect([out, after?.['spec']]).to.deep.equal([
      "experiment 'try' terminated\n",
      { templates: [], terminate: true },
    ]);
  });
  it('terminate marks an analysis run', async () => {
    const { out, run: after } = await runOn('terminate ar web-bbbb-2-1');
    expect(out).to.equal("analysisRun 'web-bbbb-2-1' terminated\n");
    expect(after?.['spec']).to.include({ terminate: true });
  });
  it('says what is not there', async () => {
    const { code, err } = await runOn('terminate experiment nope');
    expect(code).to.equal(1);
    expect(err).to.include('not found');
  });
});

describe('a cluster without the status subresource', () => {
  it('takes the status patches on the main resource', async () => {
    const asked: (string | undefined)[] = [];
    const world = await createCliWorld({
      objects: buildRelease({ status: paused }),
      kube: (kube) => ({
        ...kube,
        patch: async (target, patch, options) => {
          asked.push(options?.subresource);
          if (options?.subresource === 'status')
            throw new AppError('KubeNotFound', 'the server could not find the requested resource');
          return kube.patch(target, patch, options);
        },
      }),
    });
    expect((await world.run('abort web')).out).to.equal("rollout 'web' aborted\n");
    expect(asked).to.deep.equal(['status', undefined]);
  });
});

describe('undo of a rollout with workloadRef', () => {
  it('patches the workload', async () => {
    const base: KubeObject & { spec: unknown } = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'base', namespace: 'shop' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'web:2' }] },
        },
      },
    };
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' };
    const [first, ...rest] = buildRelease({ spec: { workloadRef } });
    const { template: _, ...spec } = (first as Rollout).spec;
    const world = await createCliWorld({ objects: [base, { ...first, spec } as Rollout, ...rest] });
    expect((await world.run('undo web')).out).to.equal("rollout 'web' undo\n");
    const after = await world.kube.get<Rollout>({ kind: kinds.deployment, namespace: 'shop', name: 'base' });
    expect(after?.spec.template?.spec?.containers[0]?.image).to.equal('web:1');
    expect((await world.run('undo web --to-revision 1')).out).to.equal(
      'skipped rollback (current template already matches revision 1)\n',
    );
  });
});
