import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { createPluginFolder, type PluginFolder } from '#test/fakes/shell-plugin.js';
import { startCluster } from '../../bench/cluster.js';
import { until } from '../../bench/probe.js';
import { startController, type RunningController } from '../../src/main.js';

const namespace = 'default';
const located = (location: string) => `[{name: examples/url-gate, location: "${location}"}]`;
const example = located('file://./examples/plugins/url-gate.mjs');

describe('plugins of the controller process', () => {
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let running: RunningController;
  let gate: FakeHttpServer;
  let programs: PluginFolder;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-plugins-'));
    cluster = await startCluster(2);
    programs = createPluginFolder();
    gate = await FakeHttpServer.start();
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(cluster.url));
    running = await startController({
      kubeconfig,
      metricsPort: 0,
      healthzPort: 0,
      bindAddress: '127.0.0.1',
      storagePath: join(folder, 'artifacts'),
      endpointPropagationMs: 0,
      routePropagationMs: { nginx: 0, istio: 0 },
      log: { level: 'error' },
      env: { PATH: process.env['PATH'], POD_NAMESPACE: namespace },
    });
    await running.ready;
  });
  after(async () => {
    programs.remove();
    await gate.stop();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  const rolloutOf = (name: string) => cluster.kube.get<Rollout>({ kind: kinds.rollout, namespace, name });
  const phaseIs = (name: string, phase: string) =>
    until(
      `${name} ${phase}`,
      async () => {
        const { metadata, status } = (await rolloutOf(name)) ?? {};
        return status?.phase === phase && status.observedGeneration === String(metadata?.generation);
      },
      20,
    );
  const configure = async (stepPlugins: string) => {
    const map: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argo-rollouts-config', namespace },
      data: { stepPlugins },
    };
    const key = { kind: kinds.configMap, namespace, name: 'argo-rollouts-config' };
    await cluster.kube.delete(key);
    await cluster.kube.create(kinds.configMap, map);
  };

  /** A new version whose only step is this plugin. */
  const release = async (app: string, plugin: string) => {
    await phaseIs(app, 'Healthy');
    const [container] = (await rolloutOf(app))?.spec.template?.spec?.containers ?? [];
    const steps = [{ plugin: { name: plugin, config: { url: gate.url } } }];
    const containers = [{ ...container, image: `web:${Date.now()}` }];
    const strategy = { canary: { steps, trafficRouting: null, canaryService: null, stableService: null } };
    const body = { spec: { template: { spec: { containers } }, strategy } };
    await cluster.kube.patch({ kind: kinds.rollout, namespace, name: app }, { type: 'merge', body });
  };

  it('hold one Rollout visibly while they are missing, and go on as soon as they are named rightly', async () => {
    await release('app-0', 'examples/url-gate');
    const problem = async () =>
      (await rolloutOf('app-0'))?.status?.conditions?.find(({ type }) => type === 'PluginUnavailable')
        ?.message;
    const saying = (words: RegExp) =>
      until(String(words), async () => words.test((await problem()) ?? ''), 20);

    await saying(/not configured in configmap/);
    await configure(located('file:///nowhere'));
    await saying(/there is no file \/nowhere/);
    await configure(example);
    await phaseIs('app-0', 'Healthy');
    const status = (await rolloutOf('app-0'))?.status;
    expect(status?.canary?.stepPluginStatuses?.[0]).to.deep.include({
      phase: 'Successful',
      message: `${gate.url} answered 200`,
    });
    expect(await problem()).to.equal(undefined);
    const events = (await cluster.kube.list(kinds.event, { namespace })).items;
    const reasons = events.filter(({ reason }) => reason === 'ReconciliationError');
    expect(reasons.length).to.be.greaterThan(1);
  });

  it('whose configuration is bad are told of by an event on the ConfigMap, and stay as they were', async () => {
    const key = { kind: kinds.configMap, namespace, name: 'argo-rollouts-config' };
    await cluster.kube.patch(key, { type: 'merge', body: { data: { stepPlugins: '- name: [' } } });
    await until(
      'the event',
      async () =>
        (await cluster.kube.list(kinds.event, { namespace })).items.some(
          ({ involvedObject, message }) =>
            isObject(involvedObject) &&
            involvedObject['kind'] === 'ConfigMap' &&
            String(message).startsWith('stepPlugins: bad YAML in line 1'),
        ),
      20,
    );
    await release('app-0', 'examples/url-gate');
    await phaseIs('app-0', 'Healthy');
  });

  it('that hang hold up nobody else, and end with the process', async () => {
    const path = programs.write('hangs', 'step.run) echo "$$" > "$0.pid"; sleep 600 ;;');
    const hanging = `{name: team/hangs, location: "file://${path}", timeout: 5m}`;
    await configure(`[${hanging}, ${example.slice(1)}`);
    await release('app-1', 'team/hangs');
    const pidOf = () => Number(readFileSync(`${path}.pid`, 'utf8'));
    await until('the plugin hangs', () => Promise.resolve(existsSync(`${path}.pid`) && pidOf() > 0), 20);
    await release('app-0', 'examples/url-gate');
    await phaseIs('app-0', 'Healthy');
    expect((await rolloutOf('app-1'))?.status?.canary?.stepPluginStatuses?.[0]).to.deep.include({
      phase: 'Running',
    });
    const pid = pidOf();
    const startedAt = performance.now();
    await running.stop();
    expect(performance.now() - startedAt).to.be.lessThan(5000);
    const isThere = () =>
      spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
        .stdout.toString()
        .trim();
    await until('the program ends', () => Promise.resolve(/^(Z|$)/.test(isThere())), 20);
  });
});
