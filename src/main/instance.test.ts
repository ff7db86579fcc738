import { expect } from 'chai';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { kinds } from '#api/kinds.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { inheritingDeps } from './inherited-labels.js';
import { ofShard, shardLabels, shardSelector } from './instance.js';
import { type ControllerProcessOptions, leaseNameOf } from './options.js';

describe('what an instance of the controller sees (17)', () => {
  const label = 'argo-rollouts.argoproj.io/controller-instance-id';
  for (const kind of ['Rollout', 'Experiment', 'AnalysisRun', 'AnalysisTemplate', 'ClusterAnalysisTemplate'])
    it(`${kind}: what carries its label, without an id what carries none`, () => {
      expect(shardSelector({ kind }, { instanceId: 'blue' })).to.equal(`${label}=blue`);
      expect(shardSelector({ kind }, {})).to.equal(`!${label}`);
    });
  for (const kind of ['Service', 'ReplicaSet', 'Pod', 'Deployment'])
    it(`${kind}: everything`, () =>
      expect(shardSelector({ kind }, { instanceId: 'blue' })).to.equal(undefined));
});

const noController: Omit<ControllerDefinition, 'watches'> = {
  name: 'it',
  reconcile: () => Promise.resolve({}),
};
const keysOf = () => [];
const selectorsOf = (definition: ControllerDefinition) =>
  definition.watches.map(({ kind, labelSelector = '' }) => `${kind.kind} ${labelSelector}`);

describe('what a shard of the controller sees', () => {
  const none = '!argo-rollouts.argoproj.io/controller-instance-id';
  const shard = { labelSelector: 'team in (a,b),!legacy' };
  it('selects what is worked on by both, templates by instance alone, and pods not at all', () => {
    const watches = [kinds.rollout, kinds.analysisTemplate, kinds.pod].map((kind) => ({ kind, keysOf }));
    expect(selectorsOf(ofShard({ ...noController, watches }, shard))).to.deep.equal([
      `Rollout team in (a,b),!legacy,${none}`,
      `AnalysisTemplate ${none}`,
      'Pod ',
    ]);
  });
  it('parts the Kustomizations, and takes sources of whatever shard', () => {
    const watches = [kinds.kustomization, kinds.gitRepository].map((kind) => ({ kind, keysOf }));
    expect(selectorsOf(ofShard({ ...noController, watches }, shard))).to.deep.equal([
      'Kustomization team in (a,b),!legacy',
      'GitRepository ',
    ]);
  });
  it('narrows a watch that has a selector already', () => {
    const watches = [{ kind: kinds.rollout, labelSelector: 'own', keysOf }];
    expect(selectorsOf(ofShard({ ...noController, watches }, {}))).to.deep.equal([`Rollout own,${none}`]);
  });
  it('knows the labels that children need', () => {
    expect(shardLabels(shard)).to.deep.equal(['team', 'legacy']);
    expect(shardLabels({})).to.deep.equal([]);
  });
});

describe('the lease of a shard', () => {
  const rows: readonly (readonly [string, ControllerProcessOptions, string])[] = [
    ['all', {}, ''],
    ['an instance', { instanceId: 'blue' }, '-blue'],
    ['the namespace of the lease, as the peer has it', { namespace: 'home' }, ''],
    ['another namespace', { namespace: 'shop' }, '.namespace.shop'],
    ['labels', { watchLabelSelector: 'shard=1' }, '.labels.da1cbd6a34'],
    ['other labels', { watchLabelSelector: 'shard=2' }, '.labels.8554165924'],
    [
      'all of these',
      { instanceId: 'blue', namespace: 'shop', watchLabelSelector: 'shard=1' },
      '-blue.namespace.shop.labels.da1cbd6a34',
    ],
  ];
  for (const [what, options, suffix] of rows)
    it(`of ${what}`, () =>
      expect(leaseNameOf(options, 'home')).to.equal(`argo-rollouts-controller-lock${suffix}`));
});

describe('what is made for an object of a shard', () => {
  const owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: 'u',
    controller: true,
  };
  it('carries the labels by which the shard sees it', async () => {
    const made: unknown[] = [];
    const labels = { team: 'a', other: 'x' };
    const deps = {
      cache: { get: () => ({ metadata: { name: 'web', labels } }) },
      kube: {
        create: (_kind: unknown, object: { readonly metadata: { readonly labels?: unknown } }) =>
          made.push(object.metadata.labels),
      },
    } as unknown as ControllerDeps;
    const { kube } = inheritingDeps(deps, { labelSelector: 'team=a' });
    const metadata = { name: 'run', namespace: 'shop', ownerReferences: [owner], labels: { own: 'y' } };
    const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata };
    await kube.create(kinds.analysisRun, object);
    await kube.create(kinds.replicaSet, object);
    expect(made).to.deep.equal([{ own: 'y', team: 'a' }, { own: 'y' }]);
    expect(inheritingDeps(deps, {})).to.equal(deps);
  });
});
