import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, pause, type Cluster } from './cluster.js';
import { rollout } from './objects.js';
import { namePlugins, startPlugins, type TestPlugins } from './plugged.js';
import { reaches, tells } from './watching.js';

/** Rollouts whose second revision has these steps. */
const releases: Readonly<Record<string, readonly object[]>> = {
  'plug-good': [plugin('team/program', 'succeed'), plugin('team/endpoint', 'succeed')],
  'plug-twice': [plugin('team/endpoint', 'ask twice')],
  'plug-fails': [plugin('team/program', 'succeed'), plugin('team/endpoint', 'fail')],
  'plug-hangs': [plugin('team/slow', 'hang')],
  'plug-missing': [plugin('team/gone', 'succeed')],
  'plug-crashes': [plugin('team/program', 'crash once')],
  'plug-aborted': [plugin('team/program', 'succeed'), plugin('team/endpoint', 'run on')],
  'plug-promoted': [plugin('team/endpoint', 'run on'), { pause: {} }],
};

function plugin(name: string, does: string): object {
  return { plugin: { name, config: { does } } };
}

describe('step plugins', function () {
  this.timeout(180_000);
  let at: Cluster;
  let plugins: TestPlugins;
  let entries: readonly object[];
  before(async function () {
    at = await cluster(this);
    this.timeout(120_000);
    plugins = await startPlugins();
    const location = `file://${plugins.programPath}`;
    entries = [
      { name: 'team/program', location },
      { name: 'team/slow', location, timeout: '2s' },
      { name: 'team/endpoint', location: plugins.url },
    ];
    await namePlugins(at, [...entries, { name: 'team/gone', location: 'file:///nowhere/plugin' }]);
    await Promise.all(
      Object.entries(releases).map(async ([name, steps]) => {
        await at.apply(rollout(name, at.image('3.8'), { canary: { steps } }, 1));
        await reaches(at, name, 'Healthy');
      }),
    );
    for (const name of Object.keys(releases)) await at.sluice('set', 'image', name, `web=${at.image('3.9')}`);
  });
  after(async () => {
    for (const name of Object.keys(releases))
      await at?.kube.delete({ kind: kinds.rollout, namespace: at.namespace, name });
    await at?.kube.delete({ kind: kinds.configMap, namespace: at.namespace, name: 'argo-rollouts-config' });
    await plugins?.stop();
  });

  const statusOf = async (name: string): Promise<any> => (await at.get(kinds.rollout, name)).status;
  const statuses = async (name: string): Promise<readonly any[]> =>
    (await statusOf(name)).canary?.stepPluginStatuses ?? [];
  const problemOf = async (name: string): Promise<string> =>
    (await statusOf(name)).conditions?.find((one: any) => one.type === 'PluginUnavailable')?.message ?? '';
  const methodsOf = (name: string) => plugins.askedOf(name).map(({ method }) => method);

  it('complete their steps, as a program and as an endpoint, and are asked once', async () => {
    await reaches(at, 'plug-good', 'Healthy');
    expect((await statuses('plug-good')).map((one) => [one.index, one.phase, one.message])).to.deep.equal([
      [0, 'Successful', 'well done'],
      [1, 'Successful', 'well done'],
    ]);
    expect(methodsOf('plug-good')).to.deep.equal(['step.run', 'step.run']);
    await tells(at, 'plug-good', 'RolloutStepCompleted');
  });

  it('abort the update when they fail, in the words of the peer, and are told of it (10.2)', async () => {
    const failed = await reaches(at, 'plug-fails', 'Degraded');
    expect(failed.status.message).to.contain('Step Plugin 2 (team/endpoint) failed: not today');
    await tells(at, 'plug-fails', 'StepPluginTransition', 'RolloutAborted');
    await eventually('the step behind is aborted', async () =>
      methodsOf('plug-fails').includes('step.abort'),
    );
    const aborts = plugins.askedOf('plug-fails').filter(({ method }) => method === 'step.abort');
    expect(aborts.map(({ params }) => params.index)).to.deep.equal([0]);
  });

  it('that hang or are missing hold their own Rollout, visibly, and nobody else', async () => {
    await eventually(
      'both are told',
      async () =>
        /did not answer step.run within 2s/.test(await problemOf('plug-hangs')) &&
        /there is no file \/nowhere\/plugin/.test(await problemOf('plug-missing')),
      async () => [await problemOf('plug-hangs'), await problemOf('plug-missing')],
    );
    expect((await statusOf('plug-hangs')).phase).to.equal('Progressing');
    expect((await statusOf('plug-good')).phase).to.equal('Healthy');
    await namePlugins(at, [...entries, { name: 'team/gone', location: `file://${plugins.programPath}` }]);
    await reaches(at, 'plug-missing', 'Healthy');
    expect(await problemOf('plug-missing')).to.equal('');
  });

  it('are told of an abort while they run, each that ran once, from the last to the first', async () => {
    await eventually('it runs', async () => (await statuses('plug-aborted'))[1]?.phase === 'Running');
    await at.sluice('abort', 'plug-aborted');
    await reaches(at, 'plug-aborted', 'Degraded');
    const aborts = () => plugins.askedOf('plug-aborted').filter(({ method }) => method === 'step.abort');
    await eventually('both were told', async () => aborts().length >= 2);
    await pause(1000);
    expect(aborts().map(({ params }) => [params.index, params.status?.tries])).to.have.deep.members([
      [1, 1],
      [0, 1],
    ]);
    const kept = (await statuses('plug-aborted')).filter(({ operation }) => operation === 'Abort');
    expect(kept.map(({ phase, message }) => [phase, message])).to.deep.equal([
      ['Successful', 'undone'],
      ['Successful', 'undone'],
    ]);
  });

  it('are terminated by a full promotion', async () => {
    await eventually('it runs', async () => (await statuses('plug-promoted'))[0]?.phase === 'Running');
    await at.sluice('promote', 'plug-promoted', '--full');
    await reaches(at, 'plug-promoted', 'Healthy');
    await eventually('it was told', async () => methodsOf('plug-promoted').includes('step.terminate'));
    expect(methodsOf('plug-promoted')).to.deep.equal(['step.run', 'step.terminate']);
  });

  it('are asked again when they said, with their status, though the controllers were killed meanwhile', async () => {
    await eventually('it was asked', async () => (await statuses('plug-twice')).length > 0);
    const asked = methodsOf('plug-twice').length;
    await at.controller().kill();
    await at.restart();
    await reaches(at, 'plug-twice', 'Healthy');
    const all = plugins.askedOf('plug-twice');
    expect(all.map(({ params }) => params.status?.tries ?? 0)).to.deep.equal([0, 1]);
    expect(new Set(all.map(({ params }) => params.key)).size).to.equal(2);
    expect(asked).to.be.within(1, 2);
    expect((await statuses('plug-twice'))[0]).to.include({
      phase: 'Successful',
      message: 'at last',
      executions: 2,
    });
  });

  it('that died are asked the same again, with the same key', async () => {
    await reaches(at, 'plug-crashes', 'Healthy');
    const all = plugins.askedOf('plug-crashes');
    expect(all.length).to.be.at.least(2);
    expect(new Set(all.map(({ params }) => params.key)).size).to.equal(1);
    expect(await problemOf('plug-crashes')).to.equal('');
  });
});

describe('metric plugins', function () {
  this.timeout(60_000);
  let at: Cluster;
  let plugins: TestPlugins;
  before(async function () {
    at = await cluster(this);
    plugins = await startPlugins();
    await namePlugins(at, [
      { name: 'team/program', location: `file://${plugins.programPath}` },
      { name: 'team/endpoint', location: plugins.url },
    ]);
  });
  after(() => plugins?.stop());

  async function measured(name: string, by: string, does: string): Promise<any> {
    const metrics = [{ name: 'm', provider: { plugin: { [by]: { does } } } }];
    await at.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name },
      spec: { metrics },
    });
    const run = async (): Promise<any> => at.get(kinds.analysisRun, name);
    await eventually(
      `${name} has measured`,
      async () => (await run()).status?.metricResults?.[0]?.measurements?.[0]?.finishedAt !== undefined,
      run,
    );
    return (await run()).status;
  }

  it('measure, at once and over a while, as a program and as an endpoint', async () => {
    const [quick, slow] = await Promise.all([
      measured('plug-quick', 'team/program', 'measure'),
      measured('plug-slow', 'team/endpoint', 'measure slowly'),
    ]);
    expect(quick.metricResults[0].measurements[0]).to.include({ phase: 'Successful', value: '7' });
    expect(slow.metricResults[0].measurements[0]).to.include({ phase: 'Successful', value: '{"from":"4"}' });
    expect(plugins.askedOfRun('plug-slow').map(({ method }) => method)).to.deep.equal([
      'metric.run',
      'metric.resume',
    ]);
    expect(quick.phase).to.equal('Successful');
  });

  it('that are not named are an Error that says so', async () => {
    const status = await measured('plug-unknown', 'team/unknown', 'measure');
    expect(status.metricResults[0].measurements[0]).to.include({ phase: 'Error' });
    expect(status.metricResults[0].measurements[0].message).to.contain('team/unknown');
  });
});
