import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { metricSources } from '#adapters/metrics/index.js';
import { createPluginHost } from '#adapters/plugin/host.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import type { PluginHost } from '#ports/plugin-host.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { lateConfiguration, pluginConfigMapOf } from '#test/fakes/scripted-plugins.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { createPluginFolder, noSecrets, pluginEntry } from '#test/fakes/shell-plugin.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, customResources, parseObjects, type StoryWorld } from './world.js';

const log = createSilentLog();
const env = { PATH: process.env['PATH'] };
const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sluice' } };

/** Programs of their own, in virtual time: the clock stands still while they work. */
describe('plugins for real', () => {
  const folder = createPluginFolder();
  let host: PluginHost | undefined;
  after(() => folder.remove());
  afterEach(async () => await host?.close());

  it('the example holds a release until its gate opens, and aborts it when the gate says no', async () => {
    const [map] = parseObjects(readFileSync('examples/plugins/config/argo-rollouts-config.yaml', 'utf8'));
    const { data = {} } = map as ConfigMap; // the file holds one
    const server = await FakeHttpServer.start();
    let code = 503;
    server.answer = (_, response) => void response.writeHead(code).end();
    let story: StoryWorld | undefined;
    const parts = () => {
      if (story === undefined) throw new Error('read before the world began');
      const { engine, events, clock } = story.sandbox;
      return { cache: engine.cache, log, events, clock };
    };
    const clock = { now: () => parts().clock.now(), schedule: () => () => undefined };
    host = createPluginHost({ clock, log, env, readSecret: noSecrets });
    const steps = [{ plugin: { name: 'examples/url-gate', config: { url: server.url } } }];
    story = createStoryWorld({
      objects: [
        home,
        pluginConfigMapOf(data),
        ...shopObjects({ replicas: 1, strategy: { canary: { steps } } }),
      ],
      plugins: lateConfiguration(parts, host),
    });
    const here = story;
    const { sandbox } = here;
    const release = async (image: string, answer: number) => {
      code = answer;
      await here.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });
      await sandbox.clock.advance(60_000);
      return (await here.rollout()).status;
    };
    await sandbox.clock.advance(30_000);

    const held = await release('web:2', 503);
    expect(held.canary?.stepPluginStatuses?.[0]).to.deep.include({
      phase: 'Running',
      message: `${server.url} answered 503`,
      executions: 2,
      status: { tries: 2 },
    });
    code = 200;
    await sandbox.clock.advance(60_000);
    expect((await here.rollout()).status.phase).to.equal('Healthy');

    const refused = await release('web:3', 409);
    expect(refused.message).to.equal(
      `RolloutAborted: Rollout aborted update to revision 3: Step Plugin 1 (examples/url-gate) failed: ${server.url} answered 409`,
    );
    const { url } = server;
    await server.stop();
    await here.patch(kinds.rollout, 'web', { status: { abort: false } }, 'status');
    await sandbox.clock.advance(20_000);
    expect((await here.rollout()).status.canary?.stepPluginStatuses?.[0]).to.deep.include({
      phase: 'Error',
      message: `connect ECONNREFUSED ${url.replace('http://', '')}`,
    });
    expect(here.failures).to.deep.equal([]);
  });

  it('the twenty lines of the documentation are a plugin', async () => {
    const [, program = ''] = /```sh\n([^]*?)```/.exec(readFileSync('docs/plugins.md', 'utf8')) ?? [];
    const gate = join(folder.path, 'open');
    const path = folder.writeRaw('documented', program.replaceAll('/tmp/open', gate));
    host = createPluginHost({ clock: createManualClock(), log, env, readSecret: noSecrets });
    const ask = () =>
      host?.call({
        entry: pluginEntry({ path }),
        method: 'step.run',
        params: { config: {} },
        signal: new AbortController().signal,
      });
    const held = { phase: 'Running', message: `waiting for ${gate}`, requeueAfter: '30s' };
    expect(await ask()).to.deep.equal({ kind: 'result', result: held });
    writeFileSync(gate, '');
    const done = { phase: 'Successful', message: 'the gate is open' };
    expect(await ask()).to.deep.equal({ kind: 'result', result: done });
  });

  it('a metric plugin in the shell measures, takes its time, and is told to end', async () => {
    const path = folder.write(
      'metrics',
      `metric.run)
      case "$line" in
        *'"metric":{"name":"slow"'*) answer '{"phase":"Running","resumeAfter":"20s","metadata":{"job":"7"}}' ;;
        *) answer '{"phase":"Successful","value":42,"metricMetadata":{"from":"shell"}}' ;;
      esac ;;
    metric.resume) answer '{"phase":"Running","resumeAfter":"1h"}' ;;
    metric.terminate) answer '{"phase":"Inconclusive"}' ;;`,
    );
    const metricProviderPlugins = `[{name: team/shell, location: "file://${path}"}]`;
    const provider = { plugin: { 'team/shell': { query: 'x' } } };
    const run = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'r', namespace: 'sluice' },
      spec: {
        metrics: [
          { name: 'quick', provider },
          { name: 'slow', provider, inconclusiveLimit: 1 },
          { name: 'unknown', provider: { plugin: { 'team/other': {} } }, consecutiveErrorLimit: 9 },
        ],
      },
    };
    const sandbox = createVirtualSandbox({
      objects: [...customResources(), home, pluginConfigMapOf({ metricProviderPlugins }), run],
    });
    const { clock, engine, events } = sandbox;
    host = createPluginHost({ clock, log, env, readSecret: noSecrets });
    const deps = { cache: engine.cache, kube: engine.ownWrites(sandbox.kube), clock, log, events };
    const plugins = lateConfiguration(() => deps, host);
    engine.start(
      createAnalysisRunController({ ...deps, plugins, sources: metricSources({ clock, env, plugins }) }),
    );
    const key = { kind: kinds.analysisRun, namespace: 'sluice', name: 'r' };
    const metric = async (name: string) =>
      (await sandbox.kube.get<AnalysisRun>(key))?.status?.metricResults?.find((one) => one.name === name);
    await clock.advance(15_000);
    expect(await metric('quick')).to.deep.include({ phase: 'Successful', metadata: { from: 'shell' } });
    expect((await metric('quick'))?.measurements?.[0]).to.deep.include({ value: '42' });
    expect((await metric('slow'))?.measurements?.[0]).to.deep.include({
      phase: 'Running',
      metadata: { job: '7' },
    });
    expect((await metric('unknown'))?.measurements?.[0]).to.deep.include({
      phase: 'Error',
      message:
        'failed to run via plugin: plugin team/other not configured in configmap: add it to metricProviderPlugins of ConfigMap argo-rollouts-config',
    });
    await clock.advance(15_000);
    expect((await metric('slow'))?.measurements).to.have.length(1);
    await sandbox.kube.patch(key, { type: 'merge', body: { spec: { terminate: true } } });
    await clock.advance(5_000);
    expect((await metric('slow'))?.measurements?.[0]).to.deep.include({
      phase: 'Inconclusive',
      message: 'Metric Terminated',
    });
  });
});
