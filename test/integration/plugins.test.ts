import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
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

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-plugins-'));
    cluster = await startCluster(1);
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
      env: { PATH: process.env['PATH'] },
    });
    await running.ready;
  });
  after(async () => {
    await running.stop();
    await gate.stop();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  const rolloutOf = (name: string) => cluster.kube.get<Rollout>({ kind: kinds.rollout, namespace, name });
  const phaseIs = (name: string, phase: string) =>
    until(`${name} ${phase}`, async () => (await rolloutOf(name))?.status?.phase === phase, 20);
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

  it('hold one Rollout visibly while they are missing, and go on as soon as they are named rightly', async () => {
    await phaseIs('app-0', 'Healthy');
    const [container] = (await rolloutOf('app-0'))?.spec.template?.spec?.containers ?? [];
    const steps = [{ plugin: { name: 'examples/url-gate', config: { url: gate.url } } }];
    const containers = [{ ...container, image: 'web:2' }];
    const strategy = { canary: { steps, trafficRouting: null, canaryService: null, stableService: null } };
    const body = { spec: { template: { spec: { containers } }, strategy } };
    const key = { kind: kinds.rollout, namespace, name: 'app-0' };
    await cluster.kube.patch(key, { type: 'merge', body });
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
});
