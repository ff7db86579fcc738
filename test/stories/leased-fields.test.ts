import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { GitopsWorld } from '../fakes/gitops-world.js';
import { rolloutOf, shopFromGit, shopManifests, weightsOf } from './shop-from-git.js';
import { namespace } from './world.js';

const note = 'Rollout/shop/web has them while its release runs; returns after promotion';

describe('leased fields (issue 7, deliver 6)', () => {
  it('are listed in the status while a release runs, and not before or after it', async () => {
    const world = await shopFromGit();
    const { clock } = world.sandbox;
    expect((await world.kustomization()).status?.leased).to.equal(undefined);
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    const leased = (await world.kustomization()).status?.leased ?? [];
    expect(leased.map(({ object }) => object)).to.have.members([
      'Rollout/shop/web',
      'Service/shop/web',
      'Service/shop/web-canary',
      'VirtualService/shop/web',
    ]);
    for (const each of leased) {
      expect(each.fields).not.to.deep.equal([]);
      expect([each.note, each.queued]).to.deep.equal([note, undefined]);
    }
    await clock.advance(240_000);
    expect((await rolloutOf(world)).status?.phase).to.equal('Healthy');
    expect((await world.kustomization()).status?.leased).to.equal(undefined);
  });

  for (const wait of [false, true]) {
    it(`an edit of one in Git is queued and said so${wait ? ', while the release is awaited too' : ''}`, async () => {
      const world = await shopFromGit({ spec: { wait } });
      const { clock } = world.sandbox;
      world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
      await clock.advance(45_000);
      const edited = (shopManifests('web:2')['app.yaml'] ?? '').replace('weight: 100', 'weight: 55');
      const third = world.git.commit('refs/heads/main', 'three', {
        'app.yaml': edited.replace('weight: 0', 'weight: 45'),
      });
      await clock.advance(45_000);
      expect(await weightsOf(world)).to.deep.equal([80, 20]);
      const { status } = await world.kustomization();
      const route = status?.leased?.find(({ object }) => object === 'VirtualService/shop/web');
      expect(route?.queued).to.have.length(1);
      const said = `EditQueued: VirtualService/shop/web: the edit of ${route?.queued?.[0] ?? ''} in main@sha1:${third} is queued: ${note}; it sets them between releases too`;
      expect((await world.events('Kustomization')).filter((text) => text === said)).to.have.length(1);
      world.writes.length = 0;
      await clock.advance(40_000);
      expect(world.writes).to.deep.equal([]);
      expect(await weightsOf(world)).to.deep.equal([80, 20]);
    });
  }

  const withWeights = (image: string, [stable, canary]: readonly [number, number]) => ({
    'app.yaml': (shopManifests(image)['app.yaml'] ?? '')
      .replace('weight: 100', `weight: ${stable}`)
      .replace('weight: 0', `weight: ${canary}`),
  });
  const weightsPath = '/spec/http/*/route/*/weight';
  const told = async (world: GitopsWorld) =>
    (await world.events('Kustomization')).filter((text) => text.startsWith('EditNotApplied'));

  it('a queued edit of what the Rollout sets between releases too is answered when the release ends', async () => {
    const world = await shopFromGit();
    const { clock } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    const third = world.git.commit('refs/heads/main', 'three', withWeights('web:2', [55, 45]));
    await clock.advance(45_000);
    expect(await told(world)).to.deep.equal([]);
    await clock.advance(240_000);
    expect((await rolloutOf(world)).status?.phase).to.equal('Healthy');
    expect(await told(world)).to.deep.equal([
      `EditNotApplied: VirtualService/shop/web: the edit of ${weightsPath} in main@sha1:${third} is not applied: ` +
        'Rollout/shop/web sets what is there, release or not; take it out of the manifest',
    ]);
    expect(await weightsOf(world)).to.deep.equal([100, 0]);
  });

  it('an edit of it between releases is answered with the commit, once', async () => {
    const world = await shopFromGit();
    const { clock } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', withWeights('web:1', [70, 30]));
    await clock.advance(120_000);
    expect(await told(world)).to.have.length(1);
    world.git.commit('refs/heads/main', 'three', shopManifests('web:1'));
    await clock.advance(120_000);
    expect(await told(world)).to.have.length(1);
    expect(await weightsOf(world)).to.deep.equal([100, 0]);
  });

  it('a queued restart is applied when the release ends', async () => {
    const at = '2026-01-02T00:00:00Z';
    const restarted = {
      'app.yaml': (shopManifests('web:2')['app.yaml'] ?? '').replace(
        '  strategy:',
        `  restartAt: '${at}'\n  strategy:`,
      ),
    };
    const world = await shopFromGit();
    const { clock } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    world.git.commit('refs/heads/main', 'three', restarted);
    await clock.advance(45_000);
    const { status } = await world.kustomization();
    expect(status?.leased?.find(({ object }) => object === 'Rollout/shop/web')?.queued).to.deep.equal([
      '/spec/restartAt',
    ]);
    expect((await rolloutOf(world)).spec.restartAt).to.equal(undefined);
    await clock.advance(240_000);
    expect((await rolloutOf(world)).status?.phase).to.equal('Healthy');
    expect((await rolloutOf(world)).spec.restartAt).to.equal(at);
    expect(await world.events('Kustomization')).to.include(
      'Progressing: Rollout/shop/web configured: queued until the release ended',
    );
    expect(await told(world)).to.deep.equal([]);
  });

  it('with wait a Kustomization is Ready only when its Rollout is Healthy', async () => {
    const world = await shopFromGit({ spec: { wait: true, timeout: '10m' } });
    const { clock } = world.sandbox;
    const ready = async () => world.condition(await world.kustomization(), 'Ready');
    expect(await ready()).to.match(/^True/);
    const second = world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    for (const ms of [35_000, 30_000, 30_000]) {
      await clock.advance(ms);
      expect([(await rolloutOf(world)).status?.phase, await ready()]).to.deep.equal([
        'Paused',
        'Unknown Progressing: Reconciliation in progress',
      ]);
    }
    await clock.advance(120_000);
    expect((await rolloutOf(world)).status?.phase).to.equal('Healthy');
    expect(await ready()).to.equal(`True ReconciliationSucceeded: Applied revision: main@sha1:${second}`);
  });

  it('with wait an aborted release fails the Kustomization, by the words of the Rollout', async () => {
    const world = await shopFromGit({ spec: { wait: true } });
    const { clock, kube } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    const key = { kind: kinds.rollout, namespace, name: 'web' };
    await kube.patch(key, { type: 'merge', body: { status: { abort: true } } }, { subresource: 'status' });
    await clock.advance(5_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /^False HealthCheckFailed: .*Rollout\/shop\/web status: 'Failed': RolloutAborted/,
    );
  });
});
