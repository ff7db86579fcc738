import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import { comesToRest, createLab, labAnalysis, labTemplate, type Lab } from './lab.js';
import { namespace } from './world.js';

const hashKey = 'rollouts-pod-template-hash';

describe('an Experiment by itself', () => {
  it('makes a ReplicaSet <experiment>-<template> at 0 and then scales it', async () => {
    const lab = createLab({ spec: { templates: [labTemplate('a', { replicas: 2, minReadySeconds: 3 })] } });
    await lab.pass(0);
    const created = lab.world.sandbox.journal().find((line) => line.includes('ADDED ReplicaSet/shop/lab-a'));
    expect(created).to.be.a('string');
    await lab.pass(1);
    const rs = await lab.replicaSet('a');
    const template = labTemplate('a').template;
    const hash = podTemplateHash({
      ...template,
      spec: {
        containers: [
          {
            ...template.spec.containers[0]!,
            ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          },
        ],
      },
    });
    expect(rs.metadata.name).to.equal('lab-a');
    expect(rs.metadata.labels).to.deep.equal({ app: 'a', [hashKey]: hash });
    expect(rs.metadata.annotations).to.include({
      'experiment.argoproj.io/name': 'lab',
      'experiment.argoproj.io/template-name': 'a',
    });
    expect(rs.metadata.ownerReferences?.[0]).to.include({
      kind: 'Experiment',
      name: 'lab',
      controller: true,
    });
    expect(rs.spec.selector.matchLabels).to.deep.equal({ app: 'a', [hashKey]: hash });
    expect(rs.spec.template?.metadata?.labels).to.deep.equal({ app: 'a', [hashKey]: hash });
    expect(rs.spec).to.include({ replicas: 2, minReadySeconds: 3 });
  });

  it('hashes a template without any hash label that it was copied with', async () => {
    const copied = labTemplate('a');
    const given = {
      ...copied,
      selector: { matchLabels: { app: 'a', [hashKey]: 'other' } },
      template: { ...copied.template, metadata: { labels: { app: 'a', [hashKey]: 'other' } } },
    };
    const [plain, from] = [
      createLab({ spec: { templates: [copied] } }),
      createLab({ spec: { templates: [given] } }),
    ];
    await Promise.all([plain.pass(1), from.pass(1)]);
    const labelsOf = async (lab: Lab) => (await lab.replicaSet('a')).metadata.labels;
    expect(await labelsOf(from)).to.deep.equal(await labelsOf(plain));
  });

  it('is Pending, then Running when all templates run; availableAt is that moment', async () => {
    const lab = createLab({ images: { 'b:1': { readyAfterMs: 8000 } } });
    await lab.pass(5);
    expect(await lab.says()).to.equal('Pending');
    expect((await lab.experiment()).status.templateStatuses?.map(({ status }) => status)).to.deep.equal([
      'Running',
      'Progressing',
    ]);
    expect((await lab.experiment()).status.availableAt).to.equal(undefined);
    await lab.pass(10);
    expect(await lab.says()).to.equal('Running');
    expect((await lab.experiment()).status.availableAt).to.equal('2026-01-01T00:00:08Z');
    await comesToRest(lab);
    expect(await lab.says(), 'without a duration it runs until somebody ends it').to.equal('Running');
  });

  it('tells its events in the order and the words of the peer', async () => {
    const lab = createLab({
      spec: { duration: '20s', scaleDownDelaySeconds: 0, templates: [labTemplate('a', { replicas: 2 })] },
    });
    await lab.pass(60);
    expect(await lab.events()).to.deep.equal([
      'NewReplicaSetCreated: Created new replica set "lab-a" with size 0',
      "TemplateProgressing: Template 'a' transitioned from  -> Progressing",
      'ExperimentPending: Experiment transitioned from  -> Pending',
      'ScalingReplicaSet: Scaled up ReplicaSet lab-a from 0 to 2',
      "TemplateRunning: Template 'a' transitioned from Progressing -> Running",
      'ExperimentRunning: Experiment transitioned from Pending -> Running',
      "TemplateSuccessful: Template 'a' transitioned from Running -> Successful",
      'ExperimentSuccessful: Experiment transitioned from Running -> Successful',
      'ScalingReplicaSet: Scaled down ReplicaSet lab-a from 2 to 0',
    ]);
  });

  it('says by its Progressing condition that it progresses, runs and is complete', async () => {
    const lab = createLab({
      spec: { duration: '20s', templates: [labTemplate('a')] },
      images: { 'a:1': { readyAfterMs: 4000 } },
    });
    const condition = async () => {
      const [found] = (await lab.experiment()).status.conditions ?? [];
      return `${found?.type}/${found?.status}/${found?.reason}: ${found?.message}`;
    };
    await lab.pass(2);
    expect(await condition()).to.equal(
      'Progressing/True/ReplicaSetUpdated: Experiment "lab" is progressing.',
    );
    await lab.pass(8);
    expect(await condition()).to.equal(
      'Progressing/True/NewReplicaSetAvailable: Experiment "lab" is running.',
    );
    await lab.pass(20);
    expect(await condition()).to.equal(
      'Progressing/False/ExperimentCompleted: Experiment "lab" has successfully ran and completed.',
    );
  });

  it('ends after its duration and keeps its pods for 30 seconds more', async () => {
    const lab = createLab({ spec: { duration: '1m', templates: [labTemplate('a', { replicas: 2 })] } });
    await lab.pass(59);
    expect(await lab.says()).to.equal('Running');
    await lab.pass(3);
    expect(await lab.says()).to.equal('Successful');
    const deadline = (await lab.replicaSet('a')).metadata.annotations?.['scale-down-deadline'];
    expect(deadline).to.match(/^2026-01-01T00:01:3\dZ$/);
    await lab.pass(27);
    expect(await lab.pods()).to.equal('a=2/2');
    await lab.pass(5);
    expect(await lab.pods()).to.equal('a=0/0');
    await comesToRest(lab);
  });

  for (const [delay, gone] of [
    [0, 0],
    [5, 5],
  ] as const) {
    it(`scaleDownDelaySeconds ${delay} is a delay of ${gone} seconds`, async () => {
      const lab = createLab({ spec: { scaleDownDelaySeconds: delay, templates: [labTemplate('a')] } });
      await lab.pass(10);
      await lab.patch({ spec: { terminate: true } });
      await lab.pass(1);
      expect(await lab.says()).to.equal('Successful');
      expect(await lab.pods()).to.match(delay === 0 ? /^a=0/ : /^a=1/);
      await lab.pass(gone + 1);
      expect(await lab.pods()).to.equal('a=0/0');
      await comesToRest(lab);
    });
  }

  it('terminate before any pod is there ends it at once, and no pods come', async () => {
    const lab = createLab({ spec: { terminate: true, templates: [labTemplate('a')] } });
    await lab.pass(5);
    expect(await lab.says()).to.equal('Successful');
    expect(await lab.pods()).to.equal('');
    await comesToRest(lab);
  });

  it('fails after progressDeadlineSeconds without a change of counts, and the others end with it', async () => {
    const lab = createLab({
      spec: {
        progressDeadlineSeconds: 30,
        scaleDownDelaySeconds: 0,
        templates: [labTemplate('a'), labTemplate('b')],
      },
      images: { 'b:1': { readyAfterMs: 3_600_000 } },
    });
    await lab.pass(29);
    expect(await lab.says()).to.equal('Pending');
    await lab.pass(5);
    expect(await lab.says()).to.equal("Failed: Template 'b' exceeded its progressDeadlineSeconds (30)");
    expect((await lab.experiment()).status.templateStatuses?.map(({ status }) => status)).to.deep.equal([
      'Successful',
      'Failed',
    ]);
    expect(await lab.events()).to.include.members([
      "! TemplateFailed: Template 'b' transitioned from Progressing -> Failed: Template 'b' exceeded its progressDeadlineSeconds (30)",
      '! ExperimentFailed: Experiment transitioned from Pending -> Failed',
    ]);
    await lab.pass(5);
    expect(await lab.pods()).to.equal('a=0/0 b=0/0');
    await comesToRest(lab);
  });

  it('the deadline is 600 seconds when nobody says otherwise', async () => {
    const lab = createLab({
      spec: { templates: [labTemplate('a')] },
      images: { 'a:1': { readyAfterMs: 3_600_000 } },
    });
    await lab.pass(599);
    expect(await lab.says()).to.equal('Pending');
    await lab.pass(5);
    expect(await lab.says()).to.equal("Failed: Template 'a' exceeded its progressDeadlineSeconds (600)");
  });

  describe('Services', () => {
    const two = labTemplate('a', { service: {} });
    const withTwoPorts = {
      ...two,
      template: {
        ...two.template,
        spec: {
          containers: [
            { name: 'web', image: 'a:1', ports: [{ name: 'http', containerPort: 8080 }] },
            { name: 'dns', image: 'a:1', ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] },
          ],
        },
      },
    };

    it('have the name of the ReplicaSet, its labels as selector, and a port for each container port', async () => {
      const lab = createLab({ spec: { templates: [withTwoPorts] } });
      await lab.pass(5);
      const service = (await lab.world.services())[0]!;
      const rs = await lab.replicaSet('a');
      expect(service.metadata.name).to.equal('lab-a');
      expect(service.metadata.annotations).to.include({ 'experiment.argoproj.io/template-name': 'a' });
      expect(service.metadata.ownerReferences?.[0]).to.include({ kind: 'Experiment', controller: true });
      expect(service.spec.selector).to.deep.equal(rs.metadata.labels);
      expect(service.spec.ports).to.deep.equal([
        { name: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' },
        { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      ]);
      expect((await lab.experiment()).status.templateStatuses?.[0]).to.include({
        serviceName: 'lab-a',
        podTemplateHash: rs.metadata.labels?.[hashKey],
      });
    });

    it('have the name that the template gives them, and none is made without one or without ports', async () => {
      const bare = labTemplate('c', { service: {} });
      const lab = createLab({
        spec: {
          templates: [
            labTemplate('a', { service: { name: 'mine' } }),
            labTemplate('b'),
            {
              ...bare,
              template: { ...bare.template, spec: { containers: [{ name: 'web', image: 'c:1' }] } },
            },
          ],
        },
      });
      await lab.pass(5);
      expect(await lab.services()).to.deep.equal(['mine']);
      expect(await lab.says()).to.equal('Running');
    });

    it('go with the last available pod', async () => {
      const lab = createLab({ spec: { scaleDownDelaySeconds: 5, templates: [two] } });
      await lab.pass(5);
      await lab.patch({ spec: { terminate: true } });
      await lab.pass(4);
      expect(await lab.services()).to.deep.equal(['lab-a']);
      await lab.pass(5);
      expect(await lab.services()).to.deep.equal([]);
      expect((await lab.experiment()).status.templateStatuses?.[0]).not.to.have.any.keys(
        'serviceName',
        'podTemplateHash',
      );
      await comesToRest(lab);
    });

    it('are made anew when somebody deletes one that runs', async () => {
      const lab = createLab({ spec: { templates: [two] } });
      await lab.pass(5);
      await lab.world.sandbox.kube.delete({ kind: kinds.service, namespace, name: 'lab-a' }, {});
      await lab.pass(1);
      expect(await lab.services()).to.deep.equal(['lab-a']);
    });

    it('whose name somebody else has make the template an Error', async () => {
      const taken = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'mine', namespace },
        spec: { ports: [{ port: 80 }] },
      };
      const lab = createLab({
        objects: [taken],
        spec: { templates: [labTemplate('a', { service: { name: 'mine' } })] },
      });
      await lab.pass(5);
      const message =
        "Failed to create Service mine for template 'a': service mine already exists and is not owned by experiment template a";
      expect(await lab.says()).to.equal(`Error: ${message}`);
      await lab.pass(60);
      expect(await lab.pods()).to.equal('a=0/0');
      expect(await lab.services()).to.deep.equal(['mine']);
      await comesToRest(lab);
    });
  });

  it('retry by `status: null` runs it again, with its whole scale-down delay', async () => {
    const lab = createLab({
      objects: [labAnalysis('check')],
      spec: {
        duration: '20s',
        scaleDownDelaySeconds: 10,
        templates: [labTemplate('a', { service: {} })],
        analyses: [{ name: 'check', templateName: 'check' }],
      },
    });
    await lab.pass(5);
    await lab.decide('lab-check', 'Failed', 'it is bad');
    await lab.pass(1);
    expect(await lab.says()).to.equal('Failed: it is bad');
    await lab.pass(3);
    await lab.patch({ status: null });
    await lab.pass(1);
    expect(await lab.says()).to.equal('Running');
    expect((await lab.replicaSet('a')).metadata.annotations).not.to.have.any.keys('scale-down-deadline');
    await lab.pass(1);
    expect(await lab.runs()).to.deep.equal(['lab-check:Failed', 'lab-check.1:open']);
    await lab.pass(22);
    expect(await lab.says()).to.equal('Successful');
    await lab.pass(4);
    expect(await lab.pods(), 'the delay begins anew').to.equal('a=1/1');
    await lab.pass(10);
    expect(await lab.pods()).to.equal('a=0/0');
    expect(await lab.services()).to.deep.equal([]);
  });
});
