import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { objectsIn } from '#test/fakes/release-world.js';
import { cluster, eventually, type Cluster } from './cluster.js';

interface Life {
  readonly folder: string;
  readonly name: string;
  readonly namespace: string;
  /** A kind that the cluster must serve, beyond Kubernetes' own. */
  readonly needs?: readonly [string, string];
  /** Its analysis stops a bad version; elsewhere a person does. */
  readonly isMeasured?: true;
}

const lives: readonly Life[] = [
  { folder: 'canary', name: 'myapp', namespace: 'production', isMeasured: true },
  { folder: 'blue-green', name: 'api-server', namespace: 'backend', isMeasured: true },
  {
    folder: 'canary-istio',
    name: 'web',
    namespace: 'shop',
    needs: ['networking.istio.io/v1', 'VirtualService'],
  },
  { folder: 'canary-nginx', name: 'site', namespace: 'shop' },
];

describe('the examples, applied as they stand', function () {
  this.timeout(240_000);
  let at: Cluster;
  let prometheus: { readonly url: string; answer: string; close(): void };
  const there: Life[] = [];

  before(async function () {
    at = await cluster(this);
    prometheus = await startPrometheus();
    for (const life of lives) {
      if (life.needs !== undefined && (await at.kube.resolve(...life.needs)) === undefined) continue;
      there.push(life);
      for (const object of objectsIn(`examples/${life.folder}`)) await applied(object);
    }
  });

  after(async () => {
    prometheus?.close();
    for (const name of new Set(there.map(({ namespace }) => namespace))) {
      await at.kube.delete({ kind: kinds.namespace, name }, { propagationPolicy: 'Background' });
    }
  });

  it('become Healthy', async () => {
    await all(async (life) => void (await phase(life, 'Healthy')));
  });

  it('release a good version, with a person who promotes', async () => {
    await all((life) => setImage(life, '3.9'));
    await all(async (life) => {
      await phase(life, 'Paused', isSeen);
      await sluice(life, 'promote', life.name, '--full');
      const { status } = await phase(life, 'Healthy', isSeen);
      expect(status.stableRS).to.equal(status.currentPodHash);
    });
  });

  it('take a bad version back, and are Healthy again with the good one', async () => {
    prometheus.answer = '0.5';
    const stable = new Map<Life, string>();
    await all(async (life) => void stable.set(life, (await read(life)).status.stableRS));
    await all((life) => setImage(life, '3.10'));
    await all(async (life) => {
      if (life.isMeasured === undefined || life.folder === 'canary') {
        await phase(life, 'Paused', isSeen);
        await sluice(life, life.isMeasured === true ? 'promote' : 'abort', life.name);
      }
      const { status } = await phase(life, 'Degraded', isSeen);
      expect(status.abort, life.folder).to.equal(true);
      expect(status.stableRS, life.folder).to.equal(stable.get(life));
      if (life.isMeasured === true) expect(status.message).to.contain('success-rate');
      await setImage(life, '3.9');
      await phase(life, 'Healthy', isSeen);
    });
  });

  /** The tests' image and Prometheus take the place of those that the example names. */
  async function applied(object: any): Promise<void> {
    const text = JSON.stringify(object)
      .replaceAll('sluice.dev/demo:v1', at.image('3.8'))
      .replaceAll('http://prometheus.monitoring:9090', prometheus.url);
    const body = JSON.parse(text);
    const kind = await at.kube.resolve(body.apiVersion, body.kind);
    if (kind === undefined) throw new Error(`${body.kind} is not served`);
    const { name, namespace } = body.metadata;
    const key = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
    await at.kube.patch(key, { type: 'apply', body, force: true }, { fieldManager: 'sluice-e2e' });
  }

  function read({ namespace, name }: Life): Promise<any> {
    return at.kube.get({ kind: kinds.rollout, namespace, name });
  }

  async function setImage(life: Life, version: string): Promise<void> {
    const [container] = (await read(life)).spec.template.spec.containers;
    await sluice(life, 'set', 'image', life.name, `${container.name}=${at.image(version)}`);
  }

  function sluice({ namespace }: Life, ...args: readonly string[]): Promise<string> {
    return at.sluice(...args, '--namespace', namespace);
  }

  async function phase(life: Life, wanted: string, also: (rollout: any) => boolean = () => true) {
    let seen: any;
    const holds = async (): Promise<boolean> => {
      seen = await read(life);
      const isCurrent = seen.status?.observedGeneration === String(seen.metadata.generation);
      return isCurrent && seen.status.phase === wanted && also(seen);
    };
    await eventually(`${life.folder} is ${wanted}`, holds, async () => seen.status, 180_000);
    return seen;
  }

  async function all(act: (life: Life) => Promise<void>): Promise<void> {
    expect(there).to.not.deep.equal([]);
    await Promise.all(there.map(act));
  }
});

/** No phase of the revision before is taken for one of this. */
function isSeen({ spec, status }: any): boolean {
  return spec.template !== undefined && status.currentPodHash !== undefined;
}

/** Answers each query with one number. */
async function startPrometheus() {
  const state = { answer: '1' };
  const server: Server = createServer((_request, response) => {
    const result = [{ metric: {}, value: [Date.now() / 1000, state.answer] }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return Object.assign(state, { url: `http://127.0.0.1:${port}`, close: () => server.close() });
}
