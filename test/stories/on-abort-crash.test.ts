import { expect } from 'chai';
import type { Deployment } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { printYaml } from '#core/yaml/yaml.js';
import { dyingKube } from '../fakes/dying-kube.js';
import type { GitopsWorld } from '../fakes/gitops-world.js';
import { abort, rolloutOf, shopFromGit, shopManifests } from './shop-from-git.js';
import { routedBy, templateOf } from './shop.js';
import { namespace } from './world.js';

const hold = { 'sluice.dev/on-abort': 'hold' };
const steps = [{ setWeight: 20 }, { pause: { duration: '10m' } }];

/** The shop whose Rollout takes its template from a Deployment. */
function lentShop(image: string): Record<string, string> {
  const text = shopManifests(image, hold)['app.yaml'] ?? '';
  const rest = text.split('---\n').filter((part) => !part.includes('kind: Rollout\n'));
  const objects: readonly KubeObject[] = [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace, annotations: hold },
      spec: {
        replicas: 4,
        selector: { matchLabels: { app: 'web' } },
        workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        strategy: { canary: { ...routedBy('istio'), steps } },
      },
    } as KubeObject,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: templateOf(image) },
    } as KubeObject,
  ];
  return { 'app.yaml': [...rest, ...objects.map((object) => printYaml(object))].join('---\n') };
}

async function imageThere(world: GitopsWorld): Promise<string> {
  const holder = await world.sandbox.kube.get<Deployment>({ kind: kinds.deployment, namespace, name: 'web' });
  return holder?.spec.template.spec?.containers[0]?.image ?? '';
}

describe('a hold of a Rollout whose template a Deployment lends', () => {
  it('is there after a kill behind any write, and ends with a commit that changes it', async () => {
    let kills = 0;
    for (let writes = 1; ; writes += 1) {
      const world = await shopFromGit({ files: lentShop('web:1') });
      const { clock } = world.sandbox;
      world.git.commit('refs/heads/main', 'two', lentShop('web:2'));
      await clock.advance(60_000);
      let died = false;
      world.startControllers((kube) => dyingKube(kube, writes, () => (died = true)).kube);
      await clock.advance(1_000);
      await abort(world);
      await clock.advance(10_000);
      world.startControllers();
      await clock.advance(30_000);
      const after = `after ${writes} writes`;
      expect(await imageThere(world), after).to.equal('web:1');
      expect((await rolloutOf(world)).status?.phase, after).to.equal('Healthy');
      expect(world.condition(await world.kustomization(), 'Held'), after).to.match(/^True ReleaseAborted/);
      if (!died) {
        world.git.commit('refs/heads/main', 'three', lentShop('web:3'));
        await clock.advance(60_000);
        expect(await imageThere(world)).to.equal('web:3');
        break;
      }
      kills += 1;
    }
    expect(kills).to.be.greaterThan(1);
  }).timeout(60_000);
});
