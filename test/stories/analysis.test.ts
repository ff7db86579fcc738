import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

function template(name: string, metric: string, args: readonly string[] = []): KubeObject {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name, namespace },
    spec: {
      args: args.map((arg) => ({ name: arg })),
      metrics: [{ name: metric, count: 1, provider: { web: { url: 'http://nowhere' } } }],
    },
  };
  return object;
}

const gate = template('gate', 'success');

describe('a run of a Rollout', () => {
  async function updated(
    strategy: object,
    objects: readonly KubeObject[],
    labels: Readonly<Record<string, string>> = {},
  ): Promise<StoryWorld> {
    const shop = shopObjects({ replicas: 1, strategy }).map((object) =>
      object.kind === 'Rollout' ? { ...object, metadata: { ...object.metadata, labels } } : object,
    );
    const world = createStoryWorld({ objects: [...shop, ...objects] });
    await world.sandbox.clock.advance(10_000);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(10_000);
    return world;
  }

  const blueGreen = (analysis: object) => ({
    blueGreen: { activeService: 'web', prePromotionAnalysis: analysis },
  });

  it('carries labels, annotations and arguments as the peer gives them', async () => {
    const analysis = {
      templates: [{ templateName: 'gate' }],
      args: [
        { name: 'text', value: 'as it is' },
        { name: 'latest', valueFrom: { podTemplateHashValue: 'Latest' } },
        { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'name', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'team', valueFrom: { fieldRef: { fieldPath: "metadata.labels['team']" } } },
        { name: 'active', valueFrom: { fieldRef: { fieldPath: 'status.blueGreen.activeSelector' } } },
      ],
      dryRun: [{ metricName: 'success' }],
      measurementRetention: [{ metricName: 'success', limit: 3 }],
      analysisRunMetadata: { labels: { why: 'gate' }, annotations: { note: 'kept' } },
    };
    const args = ['text', 'latest', 'stable', 'name', 'team', 'active'];
    const world = await updated(blueGreen(analysis), [template('gate', 'success', args)], { team: 'shop' });
    const [run] = await world.runs();
    const { currentPodHash = '', stableRS = '' } = (await world.rollout()).status;
    expect(run?.metadata.name).to.equal(`web-${currentPodHash}-2-pre`);
    expect(run?.metadata.labels).to.deep.equal({
      app: 'web',
      why: 'gate',
      'rollout-type': 'PrePromotion',
      'rollouts-pod-template-hash': currentPodHash,
    });
    expect(run?.metadata.annotations).to.deep.equal({ note: 'kept', 'rollout.argoproj.io/revision': '2' });
    expect(run?.spec.args?.map(({ name, value }) => `${name}=${value ?? ''}`)).to.deep.equal([
      'text=as it is',
      `latest=${currentPodHash}`,
      `stable=${stableRS}`,
      'name=web',
      'team=shop',
      `active=${stableRS}`,
    ]);
    expect(run?.spec.dryRun).to.deep.equal([{ metricName: 'success' }]);
    expect(run?.spec.measurementRetention).to.deep.equal([{ metricName: 'success', limit: 3 }]);
  });

  it('evades a name that somebody else has', async () => {
    const probe = await updated(blueGreen({ templates: [{ templateName: 'gate' }] }), [gate]);
    const name = `web-${(await probe.rollout()).status.currentPodHash ?? ''}-2-pre`;
    const foreign = { ...gate, kind: 'AnalysisRun', metadata: { name, namespace } };
    const world = await updated(blueGreen({ templates: [{ templateName: 'gate' }] }), [gate, foreign]);
    const names = (await world.runs()).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal([name, `${name}.1`]);
    expect(world.failures).to.deep.equal([]);
  });

  it('is made anew when somebody deletes it before it ended, and stays known when it had ended', async () => {
    const world = await updated(
      { canary: { steps: [{ analysis: { templates: [{ templateName: 'gate' }] } }, { pause: {} }] } },
      [gate],
    );
    const [first] = await world.runs();
    const remove = (name: string) => world.sandbox.kube.delete({ kind: kinds.analysisRun, namespace, name });
    await remove(first?.metadata.name ?? '');
    await world.sandbox.clock.advance(1000);
    const [second] = await world.runs();
    expect(second?.metadata.uid).not.to.equal(first?.metadata.uid);
    await world.patch(kinds.analysisRun, second?.metadata.name ?? '', { status: { phase: 'Failed' } });
    await world.sandbox.clock.advance(1000);
    await remove(second?.metadata.name ?? '');
    await world.sandbox.clock.advance(1000);
    const { status } = await world.rollout();
    expect(await world.runs()).to.deep.equal([]);
    expect(status.canary?.currentStepAnalysisRunStatus).to.deep.include({ status: 'Failed' });
    expect(status.phase).to.equal('Degraded');
  });

  it('of the Rollout that is not the current one is stopped, and deleted without a revision', async () => {
    const world = await updated({ canary: { steps: [{ setWeight: 50 }, { pause: {} }] } }, [gate]);
    const { metadata, status } = await world.rollout();
    const owner = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      name: 'web',
      uid: metadata.uid ?? '',
      controller: true,
    };
    const stray = (name: string, labels: Readonly<Record<string, string>>) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name, namespace, labels, ownerReferences: [owner] },
      spec: { metrics: [{ name: 'success', provider: { web: { url: 'http://nowhere' } } }] },
    });
    const hash = { 'rollouts-pod-template-hash': status.currentPodHash ?? '' };
    await world.sandbox.kube.create(kinds.analysisRun, stray('of-this-revision', hash));
    await world.sandbox.kube.create(kinds.analysisRun, stray('of-none', {}));
    await world.sandbox.clock.advance(1000);
    const left = (await world.runs()).map((run) => `${run.metadata.name} ${String(run.spec.terminate)}`);
    expect(left).to.deep.equal(['of-this-revision true']);
    expect(world.failures).to.deep.equal([]);
  });

  it('waits for templates that fit together, and says why', async () => {
    const both = { templates: [{ templateName: 'gate' }, { templateName: 'other' }] };
    const world = await updated(blueGreen(both), [gate, template('other', 'success')]);
    expect(await world.runs()).to.deep.equal([]);
    const texts = [...(await world.events()), (await world.rollout()).status.message ?? ''];
    expect(texts.some((text) => text.includes("two metrics have the same name 'success'"))).to.equal(true);
    const metrics = [{ name: 'another', count: 1, provider: { web: { url: 'http://nowhere' } } }];
    await world.patch(kinds.analysisTemplate, 'other', { spec: { metrics } });
    await world.sandbox.clock.advance(30_000);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:3') } });
    await world.sandbox.clock.advance(10_000);
    expect(
      (await world.runs()).map(({ spec }) => (spec.metrics ?? []).map(({ name }) => name)),
    ).to.deep.equal([['success', 'another']]);
  });

  it('goes on by itself while its template is missing, and so does the release when it is back', async () => {
    const world = await updated(blueGreen({ templates: [{ templateName: 'gate' }] }), [gate]);
    await world.sandbox.kube.delete({ kind: kinds.analysisTemplate, namespace, name: 'gate' });
    await world.sandbox.clock.advance(5000);
    expect((await world.rollout()).status.message).to.contain("AnalysisTemplate 'gate' not found");
    const [run] = await world.runs();
    await world.patch(kinds.analysisRun, run?.metadata.name ?? '', { status: { phase: 'Successful' } });
    await world.sandbox.kube.create(kinds.analysisTemplate, gate);
    await world.sandbox.clock.advance(30_000);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });
});
