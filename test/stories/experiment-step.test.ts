import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { eventsAbout, labAnalysis } from './lab.js';
import { shopObjects } from './shop.js';
import { restsAtLast, trial, type Trial } from './trial.js';
import { createStoryWorld, namespace } from './world.js';

const hashKey = 'rollouts-pod-template-hash';

const canary = { name: 'a', specRef: 'canary' };
const stable = { name: 'b', specRef: 'stable' };
const short = { duration: '10s', scaleDownDelaySeconds: 0 };
const check = { name: 'check', templateName: 'check' };
const withCheck = { objects: [labAnalysis('check')] };

describe('the canary step experiment', () => {
  it('makes an Experiment <rollout>-<hash>-<revision>-<index> with the labels of the Rollout, its hash and revision', async () => {
    const { world, experiments } = await trial(
      [{ setWeight: 50 }, { experiment: { ...short, templates: [canary] } }],
      {
        labels: { team: 'shop' },
        spec: { progressDeadlineSeconds: 300 },
      },
    );
    const [made] = await experiments();
    const { status } = await world.rollout();
    expect(made?.metadata.name).to.equal(`web-${status.currentPodHash}-2-1`);
    expect(made?.metadata.labels).to.deep.equal({ team: 'shop', [hashKey]: status.currentPodHash });
    expect(made?.metadata.annotations).to.deep.equal({ 'rollout.argoproj.io/revision': '2' });
    expect(made?.metadata.ownerReferences?.[0]).to.include({
      kind: 'Rollout',
      name: 'web',
      controller: true,
    });
    expect(made?.spec).to.include({
      duration: '10s',
      progressDeadlineSeconds: 300,
      scaleDownDelaySeconds: 0,
    });
    expect(status.canary?.currentExperiment).to.equal(made?.metadata.name);
    expect(await world.events()).to.include(`ExperimentCreated: Created Experiment '${made?.metadata.name}'`);
  });

  it('specRef copies template, selector and minReadySeconds of the canary or the stable ReplicaSet', async () => {
    const { world, experiments } = await trial(
      [{ experiment: { ...short, templates: [{ ...canary, replicas: 2 }, stable] } }],
      { spec: { minReadySeconds: 1 } },
    );
    const sets = await world.replicaSets();
    const [made] = await experiments();
    const of = (hash: string | undefined) =>
      sets.find(({ metadata }) => metadata.labels?.[hashKey] === hash)?.spec;
    const { currentPodHash, stableRS } = (await world.rollout()).status;
    for (const [i, hash] of [currentPodHash, stableRS].entries()) {
      const source = of(hash);
      const copy = made?.spec.templates[i];
      expect(copy?.template).to.deep.equal(source?.template);
      expect(copy?.selector).to.deep.equal(source?.selector);
      expect(copy?.minReadySeconds).to.equal(1);
    }
    expect(made?.spec.templates.map(({ replicas }) => replicas)).to.deep.equal([2, undefined]);
  });

  it('template metadata is added to the pods, its labels to the selector too; a selector of its own replaces the copy', async () => {
    const metadata = { labels: { role: 'probe' }, annotations: { why: 'test' } };
    const own = { matchLabels: { app: 'web' } };
    const { experiments } = await trial([
      {
        experiment: {
          ...short,
          templates: [
            { ...canary, metadata },
            { ...stable, selector: own },
          ],
        },
      },
    ]);
    const [made] = await experiments();
    expect(made?.spec.templates[0]?.template.metadata?.labels).to.include({ app: 'web', role: 'probe' });
    expect(made?.spec.templates[0]?.template.metadata?.annotations).to.deep.equal({ why: 'test' });
    expect(made?.spec.templates[0]?.selector?.matchLabels).to.include({ app: 'web', role: 'probe' });
    expect(made?.spec.templates[1]?.selector).to.deep.equal(own);
  });

  it('a service is made when the template names one, none otherwise', async () => {
    const { world } = await trial([
      { experiment: { ...short, templates: [{ ...canary, service: { name: 'mine' } }, stable] } },
    ]);
    expect((await world.services()).map(({ metadata }) => metadata.name)).to.deep.equal([
      'mine',
      'web',
      'web-canary',
    ]);
  });

  it('its pods never count toward the Rollout, and no Service of the Rollout selects them', async () => {
    const { world } = await trial(
      [{ setWeight: 50 }, { experiment: { ...short, templates: [canary, stable] } }],
      {
        strategy: { stableService: 'web', canaryService: 'web-canary' },
      },
    );
    const { status } = await world.rollout();
    expect(status).to.include({
      replicas: 2,
      updatedReplicas: 1,
      readyReplicas: 2,
      availableReplicas: 2,
      HPAReplicas: 2,
    });
    const sets = (await world.replicaSets()).filter(
      ({ metadata }) => metadata.annotations?.['experiment.argoproj.io/name'],
    );
    const services = await world.services();
    expect(sets).to.have.length(2);
    for (const set of sets) {
      const hash = set.metadata.labels?.[hashKey];
      expect(services.map(({ spec }) => spec.selector?.[hashKey])).not.to.include(hash);
    }
  });

  it('is done when the experiment is Successful, and the status names it no more', async () => {
    const test = await trial([{ experiment: { ...short, templates: [canary] } }, { pause: {} }]);
    expect((await test.world.rollout()).status.currentStepIndex).to.equal(0);
    await test.pass(15);
    const { status } = await test.world.rollout();
    expect(status.currentStepIndex).to.equal(1);
    expect(status.canary, 'currentExperiment').to.equal(undefined);
    expect(await test.world.events()).to.include(
      'RolloutStepCompleted: Rollout step 1/2 completed (experiment)',
    );
    await restsAtLast(test);
  });

  it('is not run on the initial deploy', async () => {
    const world = createStoryWorld({
      objects: shopObjects({
        strategy: { canary: { steps: [{ experiment: { ...short, templates: [canary] } }] } },
      }),
    });
    await world.sandbox.clock.advance(10_000);
    expect((await world.sandbox.kube.list(kinds.experiment, { namespace })).items).to.deep.equal([]);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });

  for (const phase of ['Failed', 'Error']) {
    it(`${phase} aborts with the message of the experiment`, async () => {
      const test = await trial(
        [
          { setWeight: 50 },
          { experiment: { scaleDownDelaySeconds: 0, templates: [canary], analyses: [check] } },
        ],
        withCheck,
      );
      const [run] = await test.world.runs();
      await test.world.patch(kinds.analysisRun, run!.metadata.name, {
        status: { phase, message: 'it is bad' },
      });
      await test.pass(2);
      expect(await test.says()).to.equal(
        'Degraded: RolloutAborted: Rollout aborted update to revision 2: Experiment analysis phase is error/failed: it is bad',
      );
      const { status } = await test.world.rollout();
      expect(status).to.include({ abort: true, currentStepIndex: 0 });
      expect(status.canary).to.equal(undefined);
      expect(await eventsAbout(test.world, 'Rollout'), 'always a warning on the Rollout').to.include.members([
        "! AnalysisRunPending: AnalysisRun 'check' transitioned from  -> Pending",
        `! AnalysisRun${phase}: AnalysisRun 'check' transitioned from Pending -> ${phase}: it is bad`,
      ]);
      await restsAtLast(test);
    });
  }

  it('without a message aborts without one', async () => {
    const test = await trial([{ experiment: { templates: [canary], analyses: [check] } }], withCheck);
    const [run] = await test.world.runs();
    await test.world.patch(kinds.analysisRun, run!.metadata.name, { status: { phase: 'Failed' } });
    await test.pass(2);
    expect(await test.says()).to.equal(
      'Degraded: RolloutAborted: Rollout aborted update to revision 2: Experiment analysis phase is error/failed',
    );
  });

  it('a retry runs a new experiment, named with a suffix', async () => {
    const test = await trial([{ experiment: { templates: [canary], analyses: [check] } }], withCheck);
    const [run] = await test.world.runs();
    await test.world.patch(kinds.analysisRun, run!.metadata.name, { status: { phase: 'Failed' } });
    await test.pass(2);
    await test.status({ abort: false });
    await test.pass(5);
    expect(await test.tried()).to.deep.equal(['2-0:Failed', '2-0-1:Running']);
    expect((await test.world.rollout()).status.canary?.currentExperiment).to.match(/-2-0-1$/);
  });

  it('Inconclusive pauses; no new experiment until a person resumes', async () => {
    const test = await trial(
      [{ experiment: { templates: [canary], analyses: [check] } }, { pause: {} }],
      withCheck,
    );
    const [run] = await test.world.runs();
    await test.world.patch(kinds.analysisRun, run!.metadata.name, { status: { phase: 'Inconclusive' } });
    await test.pass(5);
    expect(await test.says()).to.equal('Paused: InconclusiveExperiment');
    const { status } = await test.world.rollout();
    expect(status.pauseConditions?.map(({ reason }) => reason)).to.deep.equal(['InconclusiveExperiment']);
    expect(status.controllerPause).to.equal(true);
    expect(await test.world.events()).to.include('RolloutPaused: Rollout is paused (InconclusiveExperiment)');
    expect(await test.tried()).to.deep.equal(['2-0:Inconclusive']);
    await restsAtLast(test);
    await test.status({ pauseConditions: null });
    await test.pass(5);
    expect(await test.tried()).to.deep.equal(['2-0:Inconclusive', '2-0-1:Running']);
  });

  const long = { scaleDownDelaySeconds: 0, templates: [canary] };
  const leaving: readonly (readonly [string, (test: Trial) => Promise<void>])[] = [
    ['abort', ({ status }) => status({ abort: true })],
    ['promoteFull', ({ status }) => status({ promoteFull: true })],
    ['a step that a person skips', ({ status }) => status({ currentStepIndex: 1 })],
    ['a new template', ({ apply }) => apply('web:3')],
    ['the way back to the stable template', ({ apply }) => apply('web:1')],
    [
      'another strategy',
      ({ world }) =>
        world.patch(kinds.rollout, 'web', {
          spec: { strategy: { canary: null, blueGreen: { activeService: 'web' } } },
        }),
    ],
  ];
  for (const [what, leave] of leaving) {
    it(`${what} cancels it`, async () => {
      const test = await trial([{ experiment: long }, { pause: { duration: '5s' } }]);
      expect(await test.tried()).to.deep.equal(['2-0:Running']);
      await leave(test);
      await test.pass(3);
      expect((await test.tried())[0]).to.equal('2-0:stopped Successful');
      const { status } = await test.world.rollout();
      expect(status.canary?.currentExperiment ?? '').not.to.match(/-2-0$/);
      await test.pass(3);
      const sets = await test.world.replicaSets();
      expect(sets.find(({ metadata }) => metadata.name.endsWith('-2-0-a'))?.spec.replicas).to.equal(0);
      await restsAtLast(test);
    });
  }

  it('two experiments one after the other are two', async () => {
    const test = await trial([
      { experiment: { ...short, templates: [canary] } },
      { experiment: { ...short, templates: [canary] } },
      { pause: {} },
    ]);
    await test.pass(30);
    expect(await test.tried()).to.deep.equal(['2-0:Successful', '2-1:Successful']);
    await restsAtLast(test);
  });

  it('skipping from one experiment to the next starts the next', async () => {
    const test = await trial([{ experiment: long }, { experiment: long }]);
    await test.status({ currentStepIndex: 1 });
    await test.pass(3);
    expect(await test.tried()).to.deep.equal(['2-0:stopped Successful', '2-1:Running']);
  });

  it('one that somebody deletes is made anew', async () => {
    const test = await trial([{ experiment: long }]);
    const [made] = await test.experiments();
    await test.world.sandbox.kube.delete(
      { kind: kinds.experiment, namespace, name: made!.metadata.name },
      {},
    );
    await test.pass(5);
    expect(await test.tried()).to.deep.equal(['2-0:Running']);
    expect((await test.experiments())[0]?.metadata.uid).not.to.equal(made?.metadata.uid);
  });

  it('evades a name that somebody else has', async () => {
    const probe = await trial([{ experiment: long }]);
    const [{ metadata } = { metadata: { name: '' } }] = await probe.experiments();
    const taken = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: metadata.name, namespace },
      spec: { terminate: true, templates: [] },
    };
    const test = await trial([{ experiment: long }], { objects: [taken] });
    expect(await test.tried()).to.deep.equal(['2-0:stopped Successful', '2-0-1:Running']);
  });

  it('spec.paused lets it run and end, holds the step, and does not run it again', async () => {
    const test = await trial([{ experiment: { ...short, templates: [canary] } }, { pause: {} }]);
    await test.world.patch(kinds.rollout, 'web', { spec: { paused: true } });
    await test.pass(20);
    expect((await test.world.rollout()).status.currentStepIndex).to.equal(0);
    expect(await test.tried()).to.deep.equal(['2-0:Successful']);
    await restsAtLast(test);
    await test.world.patch(kinds.rollout, 'web', { spec: { paused: false } });
    await test.pass(5);
    expect((await test.world.rollout()).status.currentStepIndex).to.equal(1);
    expect(await test.tried()).to.deep.equal(['2-0:Successful']);
  });

  it('a pause of the Rollout does not delay its begin', async () => {
    const test = await trial([{ setWeight: 50 }, { pause: { duration: '1s' } }, { experiment: long }]);
    await test.pass(5);
    expect(await test.tried()).to.deep.equal(['2-2:Running']);
  });

  it('one with an invalid spec holds the step and says why', async () => {
    const test = await trial([{ experiment: { templates: [canary, canary] } }]);
    const waits = test.world.decisions.at(-1)?.waitingFor.map(({ what }) => what);
    expect(waits?.join()).to.match(/has repeated template name 'a' in templates$/);
    await restsAtLast(test);
  });

  it('a specRef that is neither canary nor stable is told', async () => {
    const test = await trial([{ experiment: { templates: [{ name: 'a', specRef: 'mine' }] } }]);
    expect(await test.world.events()).to.include(
      'ReconciliationError: Invalid template step SpecRef: must be canary or stable',
    );
    expect(await test.tried()).to.deep.equal([]);
    await restsAtLast(test);
  });

  it('resolves arguments of its analyses from the Rollout', async () => {
    const args = [
      { name: 'new', valueFrom: { podTemplateHashValue: 'Latest' } },
      { name: 'old', valueFrom: { podTemplateHashValue: 'Stable' } },
      { name: 'who', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'which', value: '{{templates.a.podTemplateHash}}' },
    ];
    const template = labAnalysis('check', { args: args.map(({ name }) => ({ name })) });
    const test = await trial(
      [
        {
          experiment: {
            templates: [canary],
            analyses: [{ ...check, args, requiredForCompletion: true }],
            dryRun: [{ metricName: 'success' }],
            analysisRunMetadata: { labels: { team: 'shop' } },
          },
        },
      ],
      { objects: [template] },
    );
    const { currentPodHash, stableRS } = (await test.world.rollout()).status;
    const [made] = await test.experiments();
    expect(made?.spec.analyses).to.deep.equal([
      {
        ...check,
        requiredForCompletion: true,
        args: [
          { name: 'new', value: currentPodHash },
          { name: 'old', value: stableRS },
          { name: 'who', value: 'web' },
          { name: 'which', value: '{{templates.a.podTemplateHash}}' },
        ],
      },
    ]);
    const [run] = await test.world.runs();
    const rs = (await test.world.replicaSets()).find(({ metadata }) => metadata.name.endsWith('-a'));
    expect(run?.spec.args?.[3]).to.deep.equal({ name: 'which', value: rs?.metadata.labels?.[hashKey] });
    expect(run?.spec.dryRun).to.deep.equal([{ metricName: 'success' }]);
    expect(run?.metadata.labels).to.deep.equal({ team: 'shop' });
  });

  for (const [what, spec, left] of [
    [
      'by the limit of successful ones',
      { analysis: { successfulRunHistoryLimit: 2 } },
      ['3-0:Successful', '4-0:Successful'],
    ],
    ['all of them by a limit of 0', { analysis: { successfulRunHistoryLimit: 0 } }, []],
    ['with the ReplicaSet of their revision', { revisionHistoryLimit: 0 }, ['4-0:Successful']],
  ] as const) {
    it(`old experiments go ${what}`, async () => {
      const test = await trial([{ experiment: { ...short, duration: '1s', templates: [canary] } }], { spec });
      for (const image of ['web:3', 'web:4']) {
        await test.pass(30);
        await test.apply(image);
      }
      await test.pass(60);
      expect([...(await test.tried())].sort()).to.deep.equal(left);
      await restsAtLast(test);
    });
  }

  it('unsuccessful ones have a limit of their own', async () => {
    const test = await trial([{ experiment: { templates: [canary], analyses: [check] } }], {
      ...withCheck,
      spec: { analysis: { unsuccessfulRunHistoryLimit: 1 } },
    });
    for (let tries = 0; tries < 3; tries++) {
      const run = (await test.world.runs()).find(({ status }) => status?.phase === undefined);
      await test.world.patch(kinds.analysisRun, run!.metadata.name, { status: { phase: 'Failed' } });
      await test.pass(3);
      await test.status({ abort: false });
      await test.pass(5);
    }
    const tried = (await test.tried()).map((one) => one.replace(/^.*:/, '')).sort();
    expect(tried).to.deep.equal(['Failed', 'Running']);
  });
});
