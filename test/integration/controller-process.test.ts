import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { dataPlaneCrds } from '#sandbox/store/crd/data-planes.js';
import { createCliWorld } from '#test/fakes/cli-io.js';
import { newRevision, startCluster } from '../../bench/cluster.js';
import { until } from '../../bench/probe.js';
import { type ControllerProcessOptions, type RunningController, startController } from '../../src/main.js';

const namespace = 'default';
const mesh = { app: 'mesh' };
const virtualService = {
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};

describe('the controller process', () => {
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let options: ControllerProcessOptions;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-process-'));
    cluster = await startCluster(1);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(cluster.url));
    options = {
      kubeconfig,
      metricsPort: 0,
      healthzPort: 0,
      bindAddress: '127.0.0.1',
      storagePath: join(folder, 'artifacts'),
      endpointPropagationMs: 0,
      routePropagationMs: { nginx: 0, istio: 0 },
      log: { level: 'error' },
      env: {},
    };
  });
  after(async () => {
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  const rolloutOf = async (name: string) =>
    await cluster.kube.get<Rollout>({ kind: kinds.rollout, namespace, name });
  const reaches = (name: string, phase: string) =>
    until(`${name} ${phase}`, async () => (await rolloutOf(name))?.status?.phase === phase, 20);

  async function running(work: (process_: RunningController) => Promise<void>): Promise<void> {
    const process_ = await startController(options);
    try {
      await process_.ready;
      await work(process_);
    } finally {
      await process_.stop();
    }
  }

  it('becomes ready, takes the lease, makes a Rollout healthy, and leaves nothing behind', async () => {
    const before = handles();
    await running(async ({ healthzPort, metricsPort, ready }) => {
      await ready;
      expect(await read(healthzPort, '/readyz')).to.equal('ok\n');
      expect(await read(healthzPort, '/healthz')).to.equal('ok\n');
      await reaches('app-0', 'Healthy');
      const lease = { kind: kinds.lease, namespace, name: 'argo-rollouts-controller-lock' };
      expect((await cluster.kube.get<Lease>(lease))?.spec?.holderIdentity)
        .to.be.a('string')
        .and.not.equal('');
      expect(await read(metricsPort, '/metrics')).to.match(/^sluice_leader 1$/m);
    });
    await until('the handles of before', () => Promise.resolve(handles() === before), 20);
  });

  it('writes nothing but its lease over a settled cluster, whoever looks again', async () => {
    await running(async () => await reaches('app-0', 'Healthy'));
    await running(async ({ metricsPort }) => {
      await until('leads', async () => /^sluice_leader 1$/m.test(await read(metricsPort, '/metrics')), 20);
      const key = { kind: kinds.rollout, namespace, name: 'app-0' };
      const body = { metadata: { labels: { looked: 'again' } } };
      await cluster.kube.patch(key, { type: 'merge', body });
      await sleep(1500);
      const metrics = await read(metricsPort, '/metrics');
      expect(passesOf(metrics, 'rollout')).to.be.greaterThan(1);
      expect(writesIn(metrics)).to.deep.equal([]);
    });
  });

  it('drives a kind that is installed after its start', async () => {
    await running(async () => {
      for (const object of meshApplication) await cluster.kube.create(kindOf(object), object);
      await reaches('mesh', 'Degraded');
      for (const crd of dataPlaneCrds) await cluster.kube.create(kinds.customResourceDefinition, crd);
      await cluster.kube.create(virtualService, meshRoutes);
      await reaches('mesh', 'Healthy');
      const key = { kind: kinds.rollout, namespace, name: 'mesh' };
      await cluster.kube.patch(key, { type: 'merge', body: newRevision('mesh').body });
      await until('the weight', async () => (await meshWeights()).join() === '80,20', 20);
    });
  });

  it('says which port is in use, with exit code 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const thrown: unknown = await startController({ ...options, metricsPort: port }).catch(
        (error: unknown) => error,
      );
      expect(thrown).to.include({ code: 'PortInUse' });
      const world = await createCliWorld();
      const listen = `--bind-address 127.0.0.1 --healthz-port 0 --metrics-port ${port}`;
      const ended = await world.run(`controller --kubeconfig ${options.kubeconfig ?? ''} ${listen}`);
      expect(ended).to.deep.include({ code: 1, out: '' });
      expect(ended.err).to.equal(
        `error: port ${port} is in use; stop what listens there or choose another port\n`,
      );
    } finally {
      other.close();
    }
  });

  async function meshWeights(): Promise<readonly unknown[]> {
    const found = await cluster.kube.get<typeof meshRoutes>({
      kind: virtualService,
      namespace,
      name: 'mesh',
    });
    return found?.spec.http[0]?.route.map(({ weight }) => weight) ?? [];
  }
});

interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string };
}

const meshRoutes = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace, name: 'mesh' },
  spec: {
    hosts: ['mesh.example'],
    http: [
      {
        route: [
          { destination: { host: 'mesh-stable' }, weight: 100 },
          { destination: { host: 'mesh-canary' }, weight: 0 },
        ],
      },
    ],
  },
};

const meshApplication: readonly UnknownObject[] = [
  meshService('stable'),
  meshService('canary'),
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace, name: 'mesh' },
    spec: {
      replicas: 1,
      selector: { matchLabels: mesh },
      template: { metadata: { labels: mesh }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
      strategy: {
        canary: {
          stableService: 'mesh-stable',
          canaryService: 'mesh-canary',
          trafficRouting: { istio: { virtualService: { name: 'mesh' } } },
          steps: [{ setWeight: 20 }, { pause: {} }],
        },
      },
    },
  },
];

function meshService(side: string): UnknownObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: `mesh-${side}` },
    spec: { selector: mesh, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function kindOf({ kind }: UnknownObject) {
  return kind === 'Service' ? kinds.service : kinds.rollout;
}

/** Without a connection that outlives the answer. */
async function read(port: number, path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })).text();
}

/** What keeps this process alive, apart from timers, which are mocha's. */
function handles(): string {
  const kept = process.getActiveResourcesInfo().filter((name) => /^(TCP|Pipe|Process)/.test(name));
  return kept.toSorted().join();
}

function passesOf(metrics: string, controller: string): number {
  return Number(
    new RegExp(`^sluice_reconcile_seconds_count{controller="${controller}"} (\\d+)$`, 'm').exec(metrics)?.[1],
  );
}

function writesIn(metrics: string): readonly string[] {
  const requests = metrics.split('\n').filter((line) => line.startsWith('sluice_kube_requests_total{'));
  return requests.filter((line) => !/verb="(get|list|watch)"|kind="Lease"/.test(line));
}
