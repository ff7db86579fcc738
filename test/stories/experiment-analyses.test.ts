import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { comesToRest, createLab, labAnalysis, labTemplate, type LabOptions } from './lab.js';
import { namespace } from './world.js';

function labWith(analyses: readonly object[], more: object = {}, options: Partial<LabOptions> = {}) {
  return createLab({
    objects: [labAnalysis('check'), labAnalysis('other'), labAnalysis('wide', {}, 'ClusterAnalysisTemplate')],
    ...options,
    spec: { scaleDownDelaySeconds: 0, templates: [labTemplate('a')], analyses, ...more },
  });
}

const check = { name: 'check', templateName: 'check' };
const other = { name: 'other', templateName: 'other' };
const required = { requiredForCompletion: true };

describe('analyses of an Experiment', () => {
  it('begin when all templates run, named <experiment>-<analysis> and owned by it', async () => {
    const lab = labWith([check], {}, { images: { 'a:1': { readyAfterMs: 8000 } } });
    await lab.pass(5);
    expect(await lab.runs()).to.deep.equal([]);
    await lab.pass(10);
    expect(await lab.runs()).to.deep.equal(['lab-check:open']);
    const [run] = await lab.world.runs();
    expect(run?.metadata.ownerReferences?.[0]).to.include({
      kind: 'Experiment',
      name: 'lab',
      controller: true,
    });
    expect((await lab.experiment()).status.analysisRuns).to.deep.equal([
      { name: 'check', analysisRun: 'lab-check', phase: 'Pending' },
    ]);
    await comesToRest(lab);
  });

  it('may name a ClusterAnalysisTemplate', async () => {
    const lab = labWith([{ name: 'wide', templateName: 'wide', clusterScope: true }]);
    await lab.pass(5);
    expect(await lab.runs()).to.deep.equal(['lab-wide:open']);
  });

  it('get dryRun, measurementRetention, analysisRunMetadata and the instance id of the experiment', async () => {
    const key = 'argo-rollouts.argoproj.io/controller-instance-id';
    const rules = {
      dryRun: [{ metricName: 'success' }],
      measurementRetention: [{ metricName: 'success', limit: 3 }],
      analysisRunMetadata: { labels: { team: 'shop' }, annotations: { why: 'test' } },
    };
    const lab = labWith([check], rules, { labels: { [key]: 'one', not: 'copied' } });
    await lab.pass(5);
    const [run] = await lab.world.runs();
    expect(run?.spec.dryRun).to.deep.equal(rules.dryRun);
    expect(run?.spec.measurementRetention).to.deep.equal(rules.measurementRetention);
    expect(run?.metadata.labels).to.deep.equal({ [key]: 'one', team: 'shop' });
    expect(run?.metadata.annotations).to.include({ why: 'test' });
  });

  it('put what the experiment knows into arguments', async () => {
    const args = [
      { name: 'hash', value: '{{templates.a.podTemplateHash}}' },
      { name: 'set', value: 'rs {{ templates.a.replicaset.name }}' },
      { name: 'from', value: '{{experiment.availableAt}}' },
      { name: 'to', value: '{{experiment.finishedAt}}' },
      { name: 'own' },
    ];
    const declared = ['hash', 'set', 'from', 'to'].map((name) => ({ name }));
    const template = labAnalysis('check', { args: [...declared, { name: 'own', value: 'default' }] });
    const lab = labWith([{ ...check, args }], { duration: '1h30m' }, { objects: [template] });
    await lab.pass(5);
    const [run] = await lab.world.runs();
    const rs = await lab.replicaSet('a');
    expect(run?.spec.args).to.deep.equal([
      { name: 'hash', value: rs.metadata.labels?.['rollouts-pod-template-hash'] },
      { name: 'set', value: 'rs lab-a' },
      { name: 'from', value: '2026-01-01T00:00:01Z' },
      { name: 'to', value: '2026-01-01T01:30:01Z' },
      { name: 'own', value: 'default' },
    ]);
  });

  it('with an unknown placeholder are an Error', async () => {
    const lab = labWith([{ ...check, args: [{ name: 'x', value: '{{templates.z.podTemplateHash}}' }] }]);
    await lab.pass(5);
    const message =
      "Failed to create AnalysisRun for analysis 'check': failed to resolve {{templates.z.podTemplateHash}}";
    expect(await lab.says()).to.equal(`Error: ${message}`);
    expect(await lab.events()).to.include(
      `! AnalysisRunError: AnalysisRun 'check' transitioned from  -> Error: ${message}`,
    );
    await comesToRest(lab);
  });

  for (const [isCluster, kind] of [
    [false, 'AnalysisTemplate'],
    [true, 'ClusterAnalysisTemplate'],
  ] as const) {
    it(`whose ${kind} is missing make it an Error before the pods are there`, async () => {
      const missing = {
        name: 'check',
        templateName: 'nowhere',
        ...(isCluster ? { clusterScope: true } : {}),
      };
      const lab = labWith([missing], {}, { images: { 'a:1': { readyAfterMs: 60_000 } } });
      await lab.pass(5);
      const cause = `${kind.toLowerCase()}s.argoproj.io "nowhere" not found`;
      expect((await lab.experiment()).status.analysisRuns?.[0]).to.include({
        phase: 'Error',
        message: `${kind} verification failed for analysis 'check': ${cause}`,
      });
      expect((await lab.experiment()).status.phase).to.equal('Error');
      expect(await lab.pods()).to.equal('a=0/0');
      await comesToRest(lab);
    });
  }

  it('tell of every phase, as warnings when it is bad', async () => {
    const lab = labWith([check]);
    await lab.pass(5);
    await lab.decide('lab-check', 'Running');
    await lab.pass(1);
    await lab.decide('lab-check', 'Inconclusive', 'who knows');
    await lab.pass(1);
    expect((await lab.events()).filter((event) => event.includes('AnalysisRun'))).to.deep.equal([
      "AnalysisRunPending: AnalysisRun 'check' transitioned from  -> Pending",
      "AnalysisRunRunning: AnalysisRun 'check' transitioned from Pending -> Running",
      "! AnalysisRunInconclusive: AnalysisRun 'check' transitioned from Running -> Inconclusive: who knows",
    ]);
    expect(await lab.events()).to.include(
      '! ExperimentInconclusive: Experiment transitioned from Running -> Inconclusive',
    );
  });

  for (const phase of ['Failed', 'Error', 'Inconclusive'] as const) {
    it(`that are ${phase} end the experiment as that, and stop the others`, async () => {
      const lab = labWith([check, other]);
      await lab.pass(5);
      await lab.decide('lab-check', phase, 'it is so');
      await lab.pass(1);
      expect(await lab.says()).to.equal(`${phase}: it is so`);
      expect(await lab.runs()).to.deep.equal([`lab-check:${phase}`, 'lab-other:stopped']);
      expect(await lab.events()).to.include('AnalysisRunTerminating: Terminating other (lab-other)');
      await lab.pass(1);
      expect(await lab.pods()).to.equal('a=0/0');
      expect((await lab.experiment()).status.templateStatuses?.[0]?.status).to.equal('Successful');
      await comesToRest(lab);
    });
  }

  it('that are not required do not keep it from its end, and are stopped then', async () => {
    const lab = labWith([check], { duration: '10s' });
    await lab.pass(15);
    expect(await lab.says()).to.equal('Successful');
    expect(await lab.runs()).to.deep.equal(['lab-check:stopped']);
    await lab.decide('lab-check', 'Successful', 'Run Terminated');
    await lab.pass(1);
    expect(await lab.says()).to.equal('Successful');
    expect((await lab.experiment()).status.analysisRuns?.[0]?.phase, 'how it ended').to.equal('Successful');
    await comesToRest(lab);
  });

  it('that are required keep it running beyond its duration, without pods', async () => {
    const lab = labWith([{ ...check, ...required }], { duration: '10s' });
    await lab.pass(15);
    expect(await lab.says()).to.equal('Running');
    expect(await lab.pods()).to.equal('a=0/0');
    expect(await lab.runs()).to.deep.equal(['lab-check:open']);
    await lab.decide('lab-check', 'Failed', 'it is so');
    await lab.pass(1);
    expect(await lab.says()).to.equal('Failed: it is so');
    await comesToRest(lab);
  });

  it('that are all required and successful end it before its duration', async () => {
    const lab = labWith([{ ...check, ...required }, other], { duration: '1h' });
    await lab.pass(5);
    await lab.decide('lab-check', 'Successful');
    await lab.pass(1);
    expect(await lab.says()).to.equal('Successful: Required AnalysisRuns completed');
    expect(await lab.runs()).to.deep.equal(['lab-check:Successful', 'lab-other:stopped']);
    expect(await lab.pods()).to.equal('a=0/0');
    await comesToRest(lab);
  });

  it('that are successful and not required change nothing', async () => {
    const lab = labWith([check], { duration: '20s' });
    await lab.pass(5);
    await lab.decide('lab-check', 'Successful');
    await lab.pass(5);
    expect(await lab.says()).to.equal('Running');
    await lab.pass(15);
    expect(await lab.says()).to.equal('Successful');
  });

  it('are stopped by terminate, and one that is required is waited for', async () => {
    const lab = labWith([{ ...check, ...required }]);
    await lab.pass(5);
    await lab.patch({ spec: { terminate: true } });
    await lab.pass(1);
    expect(await lab.says()).to.equal('Running');
    expect(await lab.runs()).to.deep.equal(['lab-check:stopped']);
    await lab.decide('lab-check', 'Successful', 'Run Terminated');
    await lab.pass(1);
    expect(await lab.says(), 'the peer would stay Running for ever').to.equal(
      'Successful: Required AnalysisRuns completed',
    );
    await comesToRest(lab);
  });

  it('whose run somebody deleted make it an Error, but not when it had ended', async () => {
    const lab = labWith([check]);
    await lab.pass(5);
    await lab.world.sandbox.kube.delete({ kind: kinds.analysisRun, namespace, name: 'lab-check' }, {});
    await lab.pass(1);
    expect(await lab.says()).to.equal('Error: analysisrun.argoproj.io "lab-check" not found');
    const ended = labWith([check], { duration: '5s' });
    await ended.pass(10);
    await ended.world.sandbox.kube.delete({ kind: kinds.analysisRun, namespace, name: 'lab-check' }, {});
    await ended.pass(1);
    expect(await ended.says()).to.equal('Successful');
  });

  it('take over an equal open run, and evade any other of that name', async () => {
    const run = (owned: boolean) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'lab-check', namespace, labels: { owned: String(owned) } },
      spec: { metrics: [{ name: 'success', count: 1, provider: { web: { url: 'http://nowhere' } } }] },
    });
    const lab = labWith([check], {}, { objects: [labAnalysis('check'), run(false)] });
    await lab.pass(5);
    expect(await lab.runs()).to.deep.equal(['lab-check:open', 'lab-check.1:open']);
    expect((await lab.experiment()).status.analysisRuns?.[0]?.analysisRun).to.equal('lab-check.1');
  });
});
