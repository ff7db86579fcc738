import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Deployment } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { printYaml } from '#core/yaml/yaml.js';
import { GitopsWorld } from '../fakes/gitops-world.js';
import { createSilentLog } from '../fakes/silent-log.js';
import { deploymentOf, rolloutFor } from './migration.js';
import { namespace } from './world.js';

function manifests(image: string, scaleDown: string): Record<string, string> {
  const objects: readonly KubeObject[] = [deploymentOf(4, image), rolloutFor({ scaleDown })];
  return { 'app.yaml': objects.map((object) => printYaml(object)).join('---\n') };
}

async function fromGit(scaleDown: string): Promise<GitopsWorld> {
  const world = new GitopsWorld();
  const { engine, clock, kube, events } = world.sandbox;
  const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log: createSilentLog(), events };
  engine.start(createRolloutController(deps, { watches: engine }));
  world.git.commit('refs/heads/main', 'one', manifests('web:1', scaleDown));
  await world.createSource({ interval: '30s' });
  await world.createKustomization({ interval: '20s' });
  await clock.advance(60_000);
  return world;
}

async function replicas({ sandbox }: GitopsWorld): Promise<number | undefined> {
  return (await sandbox.kube.get<Deployment>({ kind: kinds.deployment, namespace, name: 'web-old' }))?.spec
    .replicas;
}

describe('a Deployment and the Rollout that drains it, both from Git', () => {
  it('the reconciler gives no pods back, and brings new templates', async () => {
    const world = await fromGit('progressively');
    const { clock, kube } = world.sandbox;
    expect(await replicas(world)).to.equal(0);
    world.writes.length = 0;
    await clock.advance(100_000);
    expect(world.writes).to.deep.equal([]);
    world.git.commit('refs/heads/main', 'two', manifests('web:2', 'progressively'));
    await clock.advance(60_000);
    const rollout = await kube.get<Rollout>({ kind: kinds.rollout, namespace, name: 'web' });
    expect(rollout?.metadata.annotations?.['rollout.argoproj.io/revision']).to.equal('2');
    expect(rollout?.status?.phase).to.equal('Healthy');
    expect(await replicas(world)).to.equal(0);
    expect(world.failures).to.deep.equal([]);
  });

  it('without scaleDown the replicas are those of Git', async () => {
    const world = await fromGit('never');
    await world.sandbox.kube.patch(
      { kind: kinds.deployment, namespace, name: 'web-old' },
      { type: 'merge', body: { spec: { replicas: 1 } } },
    );
    await world.sandbox.clock.advance(60_000);
    expect(await replicas(world)).to.equal(4);
  });
});
