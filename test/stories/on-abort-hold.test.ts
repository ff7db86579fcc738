import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { abort, imageOf, rolloutOf, shopFromGit, shopManifests, weightsOf } from './shop-from-git.js';
import { namespace } from './world.js';

const hold = { 'sluice.dev/on-abort': 'hold' };

/** The shop in the middle of its second version, which is aborted by a person. */
async function heldShop(files: Record<string, string> = {}) {
  const world = await shopFromGit({ files: { ...shopManifests('web:1', hold), ...files } });
  const { clock } = world.sandbox;
  const second = world.git.commit('refs/heads/main', 'two', { ...shopManifests('web:2', hold), ...files });
  await clock.advance(45_000);
  expect(await weightsOf(world)).to.deep.equal([80, 20]);
  await abort(world);
  await clock.advance(30_000);
  return { world, second, clock };
}

describe('sluice.dev/on-abort: hold (issue 7, deliver 6)', () => {
  it('keeps the last good revision although Git says otherwise, and says so by condition and event', async () => {
    const { world, second } = await heldShop();
    expect(await imageOf(world)).to.equal('web:1');
    const rollout = await rolloutOf(world);
    expect([rollout.status?.phase, rollout.status?.abort ?? false]).to.deep.equal(['Healthy', false]);
    const kustomization = await world.kustomization();
    const words = `Rollout/shop/web is held at its last good revision ${rollout.status?.stableRS ?? ''}, although main@sha1:${second} says otherwise, until a commit changes it`;
    expect(world.condition(kustomization, 'Held')).to.contain(`True ReleaseAborted: ${words}`);
    expect(world.condition(kustomization, 'Ready')).to.equal(
      `True ReconciliationSucceeded: Applied revision: main@sha1:${second}`,
    );
    const told = (await world.events('Kustomization')).filter((text) => text.startsWith('ReleaseAborted'));
    expect(told).to.have.length(1);
    expect(told[0]).to.contain(words);
    expect(world.failures).to.deep.equal([]);
  });

  it('is no drift: nothing is written at later looks, nor after a restart', async () => {
    const { world, clock } = await heldShop();
    world.writes.length = 0;
    await clock.advance(120_000);
    world.startControllers();
    await clock.advance(60_000);
    expect(world.writes).to.deep.equal([]);
    expect(await imageOf(world)).to.equal('web:1');
  });

  it('puts back what a person edits in it: the held revision, not that of Git', async () => {
    const { world, clock } = await heldShop();
    const template = { spec: { containers: [{ name: 'web', image: 'web:9' }] } };
    const key = { kind: kinds.rollout, namespace, name: 'web' };
    await world.sandbox.kube.patch(
      key,
      { type: 'merge', body: { spec: { template } } },
      { fieldManager: 'kubectl-edit' },
    );
    await clock.advance(20_000);
    expect(await imageOf(world)).to.equal('web:1');
  });

  it('goes on through commits that leave the workload alone, replicas and other objects follow', async () => {
    const { world, clock } = await heldShop();
    const files = shopManifests('web:2', hold);
    const more = { 'app.yaml': (files['app.yaml'] ?? '').replace('replicas: 4', 'replicas: 5') };
    world.git.commit('refs/heads/main', 'three', { ...more, 'b.yaml': configMap('b') });
    await clock.advance(60_000);
    expect(await world.find(kinds.configMap, 'b', namespace)).not.to.equal(undefined);
    expect((await rolloutOf(world)).spec.replicas).to.equal(5);
    expect(await imageOf(world)).to.equal('web:1');
    expect(world.condition(await world.kustomization(), 'Held')).to.contain('True ReleaseAborted');
  });

  it('resumes with a newer commit that changes the workload', async () => {
    const { world, clock } = await heldShop();
    const third = world.git.commit('refs/heads/main', 'three', shopManifests('web:3', hold));
    await clock.advance(45_000);
    expect(await imageOf(world)).to.equal('web:3');
    expect(await weightsOf(world)).to.deep.equal([80, 20]);
    const kustomization = await world.kustomization();
    expect(world.condition(kustomization, 'Held')).to.equal(undefined);
    expect(kustomization.status?.lastAppliedRevision).to.equal(`main@sha1:${third}`);
    expect((await rolloutOf(world)).metadata.annotations).not.to.have.property('sluice.dev/held');
    expect(await world.events('Kustomization')).to.include(
      'HoldEnded: Rollout/shop/web follows the source again',
    );
  });

  it('does not prune what the last good revision mounts until another one is good', async () => {
    const withConfig = (image: string, config: string): Record<string, string> => {
      const text = (shopManifests(image, hold)['app.yaml'] ?? '').replace(
        /^( +)containers:/m,
        (line: string, indent: string) =>
          `${indent}volumes: [{name: c, configMap: {name: ${config}}}]\n${line}`,
      );
      return { 'app.yaml': text, 'config.yaml': configMap(config) };
    };
    const world = await shopFromGit({ files: withConfig('web:1', 'config-a') });
    const { clock } = world.sandbox;
    const there = async () => {
      const found = ['config-a', 'config-b', 'config-c'].map(async (name) => [
        name,
        await world.find(kinds.configMap, name, namespace),
      ]);
      return (await Promise.all(found)).filter(([, object]) => object !== undefined).map(([name]) => name);
    };
    world.git.commit('refs/heads/main', 'two', withConfig('web:2', 'config-b'));
    await clock.advance(45_000);
    expect(await there()).to.deep.equal(['config-a', 'config-b']);
    await abort(world);
    await clock.advance(60_000);
    expect(await imageOf(world)).to.equal('web:1');
    expect(await there()).to.include('config-a');
    world.git.commit('refs/heads/main', 'three', withConfig('web:3', 'config-c'));
    await clock.advance(60_000);
    expect(await there()).to.deep.equal(['config-a', 'config-c']);
    await clock.advance(240_000);
    expect((await rolloutOf(world)).status?.phase).to.equal('Healthy');
    expect(await there()).to.deep.equal(['config-c']);
    expect(world.failures).to.deep.equal([]);
  });

  it('holds each of its Rollouts when the Kustomization says so, and lets go when it does no longer', async () => {
    const world = await shopFromGit();
    const { clock, kube } = world.sandbox;
    const key = { kind: kinds.kustomization, namespace: 'flux-system', name: 'app' };
    const annotate = (value: string | null) =>
      kube.patch(key, {
        type: 'merge',
        body: { metadata: { annotations: { 'sluice.dev/on-abort': value } } },
      });
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    await abort(world);
    await clock.advance(60_000);
    expect(await imageOf(world)).to.equal('web:2');
    await annotate('hold');
    await clock.advance(5_000);
    expect(await imageOf(world)).to.equal('web:1');
    await annotate(null);
    await clock.advance(5_000);
    expect(await imageOf(world)).to.equal('web:2');
    expect(world.condition(await world.kustomization(), 'Held')).to.equal(undefined);
  });

  it('with wait: is Ready when the Rollout is Healthy at its last good revision', async () => {
    const world = await shopFromGit({ files: shopManifests('web:1', hold), spec: { wait: true } });
    const { clock } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2', hold));
    await clock.advance(45_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^Unknown Progressing/);
    await abort(world);
    await clock.advance(30_000);
    const kustomization = await world.kustomization();
    expect(await imageOf(world)).to.equal('web:1');
    expect(world.condition(kustomization, 'Ready')).to.match(/^True/);
    expect(world.condition(kustomization, 'Held')).to.match(/^True/);
  });

  for (const [what, annotations, problem] of [
    [
      'an unknown value',
      { 'sluice.dev/on-abort': 'retry' },
      'sluice.dev/on-abort: "retry" is not known; use hold or revert-commit',
    ],
    [
      'a revert without a branch',
      { 'sluice.dev/on-abort': 'revert-commit' },
      'sluice.dev/revert-branch: name the branch that revert-commit pushes to',
    ],
    [
      'a branch that is none',
      { 'sluice.dev/on-abort': 'revert-commit', 'sluice.dev/revert-branch': 'a..b' },
      'sluice.dev/revert-branch: "a..b" is no name of a branch',
    ],
  ] as const) {
    it(`refuses ${what} by name, with event and condition, and applies nothing`, async () => {
      const world = await shopFromGit({ files: shopManifests('web:1', annotations) });
      const said = `BuildFailed: Rollout/shop/web: ${problem}`;
      expect(world.condition(await world.kustomization(), 'Ready')).to.equal(`False ${said}`);
      expect(await world.events('Kustomization')).to.include(said);
      expect(await world.find(kinds.rollout, 'web', namespace)).to.equal(undefined);
    });
  }
});

const configMap = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {a: "1"}\n`;
