import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { createCliWorld } from '#test/fakes/cli-io.js';
import { newRevision, startCluster } from '../../bench/cluster.js';
import { until } from '../../bench/probe.js';
import { type ControllerProcessOptions, type RunningController, startController } from '../../src/main.js';

const namespace = 'default';
const instanceLabel = 'argo-rollouts.argoproj.io/controller-instance-id';

describe('what a controller process sees and says', function () {
  this.timeout(60_000);
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let options: ControllerProcessOptions;
  const logged: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-observing-'));
    cluster = await startCluster(2, { canary: {} });
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(cluster.url));
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        logged.push(...String(chunk).split('\n'));
        done();
      },
    });
    options = {
      kubeconfig,
      metricsPort: 0,
      healthzPort: 0,
      bindAddress: '127.0.0.1',
      storagePath: join(folder, 'artifacts'),
      endpointPropagationMs: 0,
      log: { stream },
      controllers: ['rollout', 'analysis-run'],
      env: {},
    };
  });
  after(async () => {
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  async function running<T>(
    more: ControllerProcessOptions,
    work: (process_: RunningController) => Promise<T>,
  ): Promise<T> {
    const process_ = await startController({ ...options, ...more });
    try {
      await process_.ready;
      return await work(process_);
    } finally {
      await process_.stop();
    }
  }
  const statusOf = async (name: string) =>
    (await cluster.kube.get<Rollout>({ kind: kinds.rollout, namespace, name }))?.status;
  const isHealthy = (name: string) => async () => (await statusOf(name))?.phase === 'Healthy';
  const label = async (name: string, id: string) =>
    cluster.kube.patch(
      { kind: kinds.rollout, namespace, name },
      { type: 'merge', body: { metadata: { labels: { [instanceLabel]: id } } } },
    );

  it('an instance handles what carries its label, and one without an id what carries none', async () => {
    await label('app-1', 'blue');
    await running({}, async () => {
      await until('app-0', isHealthy('app-0'), 20);
      expect(await statusOf('app-1')).to.equal(undefined);
    });
    await running({ instanceId: 'blue' }, async () => {
      await until('app-1', isHealthy('app-1'), 20);
    });
    const key = { kind: kinds.lease, namespace, name: 'argo-rollouts-controller-lock-blue' };
    expect(await cluster.kube.get(key)).not.to.equal(undefined);
    const { items } = await cluster.kube.list(kinds.replicaSet, { namespace });
    expect(items).to.have.length(2);
  });

  it('has the metrics of the peer while it leads, and drops them with their object', async () => {
    const key = { kind: kinds.rollout, namespace, name: 'app-0' };
    await running({}, async ({ metricsPort }) => {
      const scrape = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const id = 'namespace="default",name="app-0"';
      const info = `rollout_info{${id},strategy="canary",traffic_router="",phase="Completed"} 1`;
      await until('rollout_info', async () => (await scrape()).includes(info), 20);
      const text = await scrape();
      expect(text).to.include(`rollout_info_replicas_desired{${id}} `);
      expect(text).to.match(new RegExp(`^rollout_reconcile_count\\{${id}\\} [1-9]`, 'm'));
      expect(text).to.match(/^workqueue_adds_total\{name="Rollouts"\} [1-9]/m);
      expect(text).to.match(
        /^controller_clientset_k8s_request_total\{kind="rollouts",namespace="",verb="List",status_code="200",name="N\/A"\} 1/m,
      );
      expect(text).not.to.include('name="app-1"');
      expect(duplicatesIn(text)).to.deep.equal([]);
      await cluster.kube.patch(key, { type: 'merge', body: newRevision('app-0').body });
      const ended = /^rollout_duration_seconds_count\{status="Promoted"\} 1$/m;
      await until('the end of a release', async () => ended.test(await scrape()), 20);
      expect(await scrape()).to.match(
        new RegExp(`^rollout_events_total\\{${id},type="Normal",reason="RolloutCompleted"\\} 1$`, 'm'),
      );
      await cluster.kube.delete(key);
      await until('no series', async () => !(await scrape()).includes(`{${id}`), 20);
    });
  });

  it('logs each pass that changed something with the fields of the peer, and flags without effect once', async () => {
    const flag = { flag: '--rollout-resync', why: 'none' };
    await running({ instanceId: 'blue', flagsWithoutEffect: [flag] }, async () => {
      const line = (message: string) => logged.find((text) => text.includes(`"message":"${message}"`));
      await until('a pass', () => Promise.resolve(line('Reconciliation completed') !== undefined), 20);
      const fields = JSON.parse(line('Reconciliation completed') ?? '{}') as Record<string, unknown>;
      expect(fields).to.include.keys('time_ms', 'rollout', 'namespace', 'generation', 'resourceVersion');
      expect(fields['namespace']).to.equal(namespace);
      expect(logged.filter((text) => text.includes('flag has no effect'))).to.have.length(1);
    });
  });

  it('the dashboard shows the cluster without a controller', async () => {
    const world = await createCliWorld();
    const shown = world.start(
      `dashboard --port 0 --instance-id blue --kubeconfig ${options.kubeconfig ?? ''}`,
    );
    try {
      await until('its address', () => Promise.resolve(world.out() !== ''), 20);
      const { origin, hash } = new URL(world.out().trim().replace('page ', ''));
      const key = hash.replace('#key=', '');
      const ask = async (path: string) =>
        fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${key}`, connection: 'close' } });
      const rows = async () => ask('/api/rows');
      await until('rows', async () => (await rows()).status === 200, 20);
      expect(await (await rows()).text()).to.include('"name":"app-1"');
      expect(await (await ask('/api/git')).text()).to.include('"rows":[],"hidden":false,"refused":null');
    } finally {
      shown.interrupt();
    }
    expect(await shown.done).to.equal(0);
  });

  it('in namespaced mode sees one namespace, and no cluster-wide template', async () => {
    await cluster.kube.create(kinds.namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'other' },
    });
    const [found] = (await cluster.kube.list<Rollout>(kinds.rollout, { namespace })).items;
    const { spec } = found ?? { spec: {} };
    await cluster.kube.create<UnknownObject>(kinds.rollout, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'there', namespace: 'other' },
      spec,
    });
    await cluster.kube.create<UnknownObject>(kinds.clusterAnalysisTemplate, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ClusterAnalysisTemplate',
      metadata: { name: 'gate' },
      spec: { metrics: [] },
    });
    const gated = {
      canary: { steps: [{ analysis: { templates: [{ templateName: 'gate', clusterScope: true }] } }] },
    };
    await cluster.kube.create<UnknownObject>(kinds.rollout, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'gated', namespace: 'other' },
      spec: { ...spec, strategy: gated },
    });
    await running({ isNamespaced: true, namespace: 'other' }, async ({ metricsPort }) => {
      const key = { kind: kinds.rollout, namespace: 'other', name: 'gated' };
      const message = async () => (await cluster.kube.get<Rollout>(key))?.status?.message ?? '';
      await until('an answer', async () => (await message()) !== '', 20);
      expect(await message()).to.include("ClusterAnalysisTemplate 'gate' not found");
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(text).to.include('rollout_info{namespace="other",name="there"');
      expect(text).not.to.include('namespace="default",name=');
      expect(text).to.match(
        /^controller_clientset_k8s_request_total\{kind="rollouts",namespace="other",verb="List"/m,
      );
    });
  });
});

/** Prometheus refuses a scrape in which a series or a family is there twice. */
function duplicatesIn(text: string): readonly string[] {
  const heads = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# HELP'))
    .map((line) => (line.startsWith('#') ? line : line.replace(/ \S+$/, '')));
  return heads.filter((head, i) => heads.indexOf(head) !== i);
}
