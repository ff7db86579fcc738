import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';
import { createRealClock } from '#runtime/clock.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { serveStore } from '#sandbox/http/serve.js';
import { createObject } from '#sandbox/create-object.js';
import { createStore, type ApiStore } from '#sandbox/store/store.js';
import { renderCrds } from '../../src/generate/crds.js';
import { startController, type ControllerProcessOptions, type RunningController } from '../../src/main.js';

function objectOf(text: string): KubeObject {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value as KubeObject;
}

/** Waits for a person at its second step; no controller moves it here. */
const rollout = (namespace: string): KubeObject =>
  objectOf(`
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: checkout, namespace: ${namespace} }
spec:
  replicas: 1
  selector: { matchLabels: { app: checkout } }
  strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } }
  template:
    metadata: { labels: { app: checkout } }
    spec: { containers: [{ name: app, image: 'shop/checkout:1' }] }
status:
  phase: Paused
  currentPodHash: b2
  stableRS: a1
  currentStepIndex: 1
  controllerPause: true
  pauseConditions: [{ reason: CanaryPauseStep, startTime: '2026-03-04T05:12:00Z' }]
`);

/** As a controller would leave it: the status through its own path. */
function putRollout(store: ApiStore, namespace: string): void {
  const body = rollout(namespace);
  createObject(store, body);
  const response = store.handle({
    verb: 'patch',
    group: 'argoproj.io',
    version: 'v1alpha1',
    resource: 'rollouts',
    subresource: 'status',
    namespace,
    name: 'checkout',
    patchType: 'merge',
    userAgent: 'controller',
    body: { status: (body as UnknownObject)['status'] },
  });
  if (response.code !== 200) throw new Error(JSON.stringify(response.body));
}

/** ann may promote in shop, ben only look there; nobody sees elsewhere. */
const access = {
  authenticate: (token: string) =>
    ({ 'token-of-ann': { username: 'ann' }, 'token-of-ben': { username: 'ben' } })[token],
  authorize: (asked: { user: { username: string }; verb: string; namespace?: string }) => ({
    allowed:
      asked.namespace === 'shop' &&
      (asked.verb === 'list' || (asked.user.username === 'ann' && asked.verb === 'promote')),
  }),
};

describe('the page for users of the cluster', function () {
  this.timeout(20_000);
  let folder: string;
  let store: ApiStore;
  let running: RunningController;
  let options: ControllerProcessOptions;
  const closers: (() => Promise<void>)[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-token-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    store = createStore({ clock: createRealClock(), access });
    for (const crd of renderCrds()) createObject(store, objectOf(crd.text));
    const namespaces = ['shop', 'elsewhere'];
    for (const name of namespaces)
      createObject(store, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const name of namespaces) putRollout(store, name);
    const served = await serveStore(store);
    closers.push(() => served.close());
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(served.url));
    options = {
      kubeconfig,
      controllers: ['analysis-run'],
      leaderElect: false,
      bindAddress: '127.0.0.1',
      healthzPort: 0,
      metricsPort: 0,
      pagePort: 0,
      pageAuth: 'token',
      log: { level: 'error' },
    };
    running = await startController(options);
    closers.push(() => running.stop());
    await running.ready;
  });
  after(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const ask = (path: string, token?: string, body?: unknown): Promise<Response> =>
    fetch(new URL(path, running.pageUrl), {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'x-sluice': '1' }),
      },
    });
  const promote = async (token: string): Promise<Response> => {
    const { detail } = (await (await ask('/api/rollouts/shop/checkout', token)).json()) as {
      detail: { row: { uid: string; resourceVersion: string; step: [number, number] | null } };
    };
    const { uid, resourceVersion, step } = detail.row;
    const object = { namespace: 'shop', name: 'checkout' };
    const body = {
      verb: 'promote',
      object,
      uid,
      resourceVersion,
      step: step?.[0] ?? null,
      requestId: 'request-of-the-test',
    };
    return ask('/api/act', token, body);
  };

  it('prints no key, and knows nobody without a token or with a wrong one', async () => {
    expect(running.pageUrl).not.to.contain('key');
    for (const token of [undefined, 'token-of-eve']) {
      const answer = await ask('/api/rows', token);
      expect(answer.status).to.equal(401);
      expect(await answer.json()).to.include({ mode: 'token' });
    }
  });

  it('shows what the user may see, with what that one may do', async () => {
    const rowsOf = async (token: string): Promise<unknown> => (await ask('/api/rows', token)).json();
    expect(await rowsOf('token-of-ann')).to.nested.include({
      hidden: true,
      'rows.length': 1,
      'rows[0].namespace': 'shop',
      'rows[0].can[0]': 'promote',
    });
    expect(await rowsOf('token-of-ben')).to.nested.include({ 'rows.length': 1, 'rows[0].can.length': 0 });
    expect((await ask('/api/rollouts/elsewhere/checkout', 'token-of-ann')).status).to.equal(404);
  });

  it('refuses an act and names the right that is missing', async () => {
    const refused = await promote('token-of-ben');
    expect(refused.status).to.equal(403);
    expect(await refused.json()).to.include({
      message: 'ben lacks the right: promote on rollouts.argoproj.io in namespace shop',
      missing: 'promote on rollouts.argoproj.io in namespace shop',
    });
  });

  it('lets act who may, and records the name', async () => {
    expect((await promote('token-of-ann')).status).to.equal(202);
    const read = (resource: string, more: object): any =>
      store.handle({
        verb: 'list',
        version: 'v1',
        group: '',
        namespace: 'shop',
        resource,
        userAgent: 'test',
        ...more,
      }).body;
    const [stored] = read('rollouts', { group: 'argoproj.io', version: 'v1alpha1' }).items;
    expect(stored.status).not.to.have.property('pauseConditions');
    const [event] = read('events', {}).items;
    expect(event.message).to.match(/^ann asked for promote at step 2/);
  });

  it('refuses an address where tokens would travel in the clear, before anything runs', async () => {
    const thrown = async (more: ControllerProcessOptions): Promise<unknown> =>
      startController({ ...options, ...more }).catch((error: unknown) => error);
    const plain = await thrown({ pageAddress: '0.0.0.0' });
    expect(plain).to.be.instanceOf(AppError).and.to.have.property('code', 'ConfigInvalid');
    expect((plain as AppError).message).to.contain('--page-tls-in-front');
    const keyed = await thrown({ pageAddress: '0.0.0.0', pageAuth: 'key', isPageTlsInFront: true });
    expect((keyed as AppError).message).to.contain('--page-auth token');
    const behind = await startController({ ...options, pageAddress: '0.0.0.0', isPageTlsInFront: true });
    const { port } = new URL(behind.pageUrl ?? '');
    const shell = await fetch(`http://127.0.0.1:${port}/api/mode`);
    expect(shell.headers.get('strict-transport-security')).to.contain('max-age');
    await behind.stop();
  });
});
