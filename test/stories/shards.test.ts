import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { inheritingDeps } from '../../src/main/inherited-labels.js';
import { ofShard } from '../../src/main/instance.js';
import { createSilentLog } from '../fakes/silent-log.js';
import { customResources } from './world.js';

const namespace = 'shop';

function rollout(name: string, shard: string): KubeObject {
  const selector = { matchLabels: { app: name } };
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'app', image: 'web:1' }] },
  };
  const analysis = { templates: [{ templateName: 'fine' }] };
  const strategy = { canary: { steps: [{ setWeight: 50 }, { analysis }, { pause: {} }] } };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace, name, labels: { shard } },
    spec: { replicas: 1, selector, template, strategy },
  } as KubeObject;
}

const template = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { namespace, name: 'fine' },
  spec: { metrics: [{ name: 'm', provider: { web: { url: 'http://x', jsonPath: '{$.v}' } } }] },
} as KubeObject;

/** A cluster with two Rollouts of different shards; one controller of one shard at a time. */
function shards() {
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const sandbox = createVirtualSandbox({
    seed: 0,
    objects: [...customResources(), space, template, rollout('one', '1'), rollout('two', '2')],
  });
  const {
    engine,
    kube,
    clock,
    events,
    engine: { cache },
  } = sandbox;
  const deps = { cache, kube: engine.ownWrites(kube), clock, log: createSilentLog(), events };
  const list = async <T extends KubeObject>(kind: Kind) => (await kube.list<T>(kind, { namespace })).items;
  return {
    kube,
    list,
    run: async (labelSelector: string, seconds: number) => {
      const shard = { labelSelector };
      const definition = createRolloutController(inheritingDeps(deps, shard), { watches: engine });
      engine.start(ofShard(definition, shard));
      await clock.advance(seconds * 1000);
    },
    phaseOf: async (name: string) =>
      (await list<Rollout>(kinds.rollout)).find(({ metadata }) => metadata.name === name)?.status?.phase,
    /** What there is of a Rollout, by kind, name and version. */
    traces: async (name: string) => {
      const objects = [...(await list(kinds.rollout)), ...(await list<ReplicaSet>(kinds.replicaSet))];
      return objects
        .filter(({ metadata }) => metadata.name === name || metadata.name.startsWith(`${name}-`))
        .map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion ?? ''}`);
    },
  };
}

const isOf = (labels: Readonly<Record<string, string>> | undefined) => labels?.['shard'];

describe('two shards of one cluster', () => {
  it('never touch what is the other’s', async () => {
    const world = shards();
    const before = await world.traces('two');
    await world.run('shard=1', 20);
    expect([await world.phaseOf('one'), await world.phaseOf('two')]).to.deep.equal(['Healthy', undefined]);
    expect(await world.traces('two')).to.deep.equal(before);
    const first = await world.traces('one');
    await world.run('shard=2', 20);
    expect(await world.phaseOf('two')).to.equal('Healthy');
    expect(await world.traces('one')).to.deep.equal(first);
  });

  it('give what they make the label that it is seen by, and hand it over with its Rollout', async () => {
    const world = shards();
    await world.run('shard=1', 20);
    const key = { kind: kinds.rollout, namespace, name: 'one' };
    const image = { containers: [{ name: 'app', image: 'web:2' }] };
    await world.kube.patch(key, { type: 'merge', body: { spec: { template: { spec: image } } } });
    await world.run('shard=1', 20);
    const runs = await world.list<AnalysisRun>(kinds.analysisRun);
    expect(runs.map(({ metadata }) => isOf(metadata.labels))).to.deep.equal(['1']);
    await world.kube.patch(key, { type: 'merge', body: { metadata: { labels: { shard: '2' } } } });
    const handed = await world.traces('one');
    await world.run('shard=1', 20);
    expect(await world.traces('one')).to.deep.equal(handed);
  });
});
