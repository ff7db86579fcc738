import { expect } from 'chai';
import type { Alert, AlertSpec } from '#api/flux/alert.js';
import type { Provider, ProviderSpec } from '#api/flux/provider.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { FluxEvent } from '#core/alert/flux-event.js';
import type { AlertMessage, AlertSender } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import type { LogFields } from '#ports/log.js';
import { createVirtualSandbox, type VirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { installedCrds, namespace } from '#test/fakes/installed-crds.js';
import { createNotingLog } from '#test/fakes/noting-log.js';
import { AlertDispatcher } from './dispatcher.js';
import { createEventHandler } from './event-handler.js';
import { createAlertController } from './index.js';
import { Postbox } from './postbox.js';
import { tapped } from './tap.js';

const event: FluxEvent = {
  involvedObject: {
    kind: 'Kustomization',
    namespace: 'flux-system',
    name: 'apps',
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  },
  severity: 'info',
  timestamp: '2026-01-05T10:00:02Z',
  message: 'Deployment/shop/web configured',
  reason: 'Progressing',
  metadata: { 'kustomize.toolkit.fluxcd.io/revision': 'main@sha1:1111111' },
  reportingController: 'kustomize-controller',
};

const secret = (name: string, values: Readonly<Record<string, string>>): KubeObject => {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  return Object.assign(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'flux-system' } },
    { data },
  );
};

class AlertWorld {
  readonly sandbox: VirtualSandbox;
  readonly dispatcher: AlertDispatcher;
  readonly sent: AlertMessage[] = [];
  readonly said: (readonly [string, LogFields | undefined])[] = [];
  /** What the service does; by default it takes everything. */
  answer: (message: AlertMessage) => Promise<void> = () => Promise.resolve();

  constructor(objects: readonly KubeObject[] = [], isLocked = false) {
    const spaces = ['flux-system', 'shop'].map(namespace);
    this.sandbox = createVirtualSandbox({ objects: [...installedCrds(), ...spaces, ...objects] });
    const { engine, clock, kube, events } = this.sandbox;
    const sender: AlertSender = {
      types: new Set(['generic', 'slack', 'github', 'githubpullrequestcomment']),
      send: async (message) => {
        this.sent.push(message);
        await this.answer(message);
      },
    };
    const log = createNotingLog(this.said);
    const postbox = new Postbox({ clock, firstPauseMs: 1, mostWaiting: 3 });
    const deps = { cache: engine.cache, kube, clock, log, events, sender, postbox, isLocked };
    this.dispatcher = new AlertDispatcher(deps);
    engine.start(createAlertController(this.dispatcher));
  }

  async provide(spec: Partial<ProviderSpec> = {}): Promise<void> {
    await this.sandbox.kube.create<Provider>(kinds.provider, {
      apiVersion: apiVersionOf(kinds.provider),
      kind: 'Provider',
      metadata: { name: 'chat', namespace: 'flux-system' },
      spec: { type: 'generic', address: 'https://chat.test/hook', ...spec },
    });
  }

  async alert(spec: Partial<AlertSpec> = {}, name = 'all'): Promise<void> {
    await this.sandbox.kube.create<Alert>(kinds.alert, {
      apiVersion: apiVersionOf(kinds.alert),
      kind: 'Alert',
      metadata: { name, namespace: 'flux-system' },
      spec: {
        providerRef: { name: 'chat' },
        eventSources: [{ kind: 'Kustomization', name: '*' }],
        ...spec,
      },
    });
    await this.sandbox.clock.advance(100);
  }

  /** Posts an event as another controller does; the status of the answer, when all is told. */
  async post(body: unknown = event, method = 'POST', path = '/'): Promise<number> {
    const handle = createEventHandler(this.dispatcher);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { status } = await handle({ method, path, headers: {}, body: Buffer.from(text) });
    await this.dispatcher.settled();
    await this.sandbox.clock.advance(100);
    return status;
  }

  /** Events about Alerts. */
  async warnings(): Promise<readonly string[]> {
    const { items } = await this.sandbox.kube.list(kinds.event, { namespace: 'flux-system' });
    return items.map((one) => `${String(one['reason'])}: ${String(one['message'])}`);
  }
}

describe('the endpoint of events (flux-semantics 12.2)', () => {
  it('answers 202, then 429 for five minutes', async () => {
    const world = new AlertWorld();
    await world.provide();
    await world.alert();
    expect(await world.post()).to.equal(202);
    expect(await world.post()).to.equal(429);
    expect(world.sent).to.have.lengthOf(1);
    await world.sandbox.clock.advance(300_000);
    expect(await world.post()).to.equal(202);
    expect(world.sent).to.have.lengthOf(2);
  });

  for (const [what, args, status] of [
    ['no JSON', ['{'], 400],
    ['no event', [{ ...event, severity: 'x' }], 400],
    ['another path', [event, 'POST', '/metrics'], 404],
    ['another method', ['', 'GET'], 405],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      expect(await new AlertWorld().post(...args)).to.equal(status);
    });
  }
});

describe('a message of an Alert (flux-semantics 12.2 to 12.4)', () => {
  it('is the event with stripped metadata, at the address of the Provider', async () => {
    const world = new AlertWorld();
    await world.provide({ channel: 'ops', timeout: '3s' });
    await world.alert({ eventMetadata: { env: 'prod' } });
    await world.post();
    expect(world.sent[0]?.event).to.deep.equal({
      ...event,
      metadata: { revision: 'main@sha1:1111111', env: 'prod' },
    });
    expect(world.sent[0]?.destination).to.deep.include({
      type: 'generic',
      address: 'https://chat.test/hook',
      channel: 'ops',
      timeoutMs: 3000,
    });
  });

  it('has the values of the Secrets, which stand over those of the Provider', async () => {
    const world = new AlertWorld([
      secret('own', { address: 'https://secret.test', token: 't', headers: 'X-A: b\n', username: 'u' }),
      secret('proxy', { address: 'http://proxy.test:3128', username: 'me', password: 'p w' }),
      secret('tls', { 'ca.crt': 'CA', 'tls.crt': 'CERT', 'tls.key': 'KEY' }),
    ]);
    await world.provide({
      secretRef: { name: 'own' },
      proxySecretRef: { name: 'proxy' },
      certSecretRef: { name: 'tls' },
    });
    await world.alert();
    await world.post();
    expect(world.sent[0]?.destination).to.deep.include({
      address: 'https://secret.test',
      token: 't',
      username: 'u',
      headers: { 'X-A': 'b' },
      proxy: 'http://me:p%20w@proxy.test:3128/',
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
      timeoutMs: 15_000,
    });
  });

  it('is tried again while the service fails in passing, by the same id, and no event tells of it', async () => {
    const world = new AlertWorld();
    await world.provide();
    await world.alert();
    world.answer = () => {
      if (world.sent.length < 3) throw new AppError('NotifyUnavailable', 'down');
      return Promise.resolve();
    };
    await world.post();
    expect(world.sent).to.have.lengthOf(3);
    expect(new Set(world.sent.map(({ id }) => id)).size).to.equal(1);
    expect(await world.warnings()).to.deep.equal([]);
  });

  for (const [what, code, tries] of [
    ['five attempts', 'NotifyUnavailable', 5],
    ['one, when the service refuses it', 'NotifyDenied', 1],
  ] as const) {
    it(`is given up after ${what}, with an event that shows no secret`, async () => {
      const world = new AlertWorld([secret('own', { token: 'swordfish' })]);
      await world.provide({ secretRef: { name: 'own' } });
      await world.alert();
      world.answer = () => Promise.reject(new AppError(code, 'generic answered: token swordfish is bad'));
      await world.post();
      expect(world.sent).to.have.lengthOf(tries);
      expect(await world.warnings()).to.deep.equal([
        'NotificationDispatchFailed: failed to dispatch notification for Kustomization/flux-system/apps: generic answered: token ***** is bad',
      ]);
      expect(JSON.stringify(world.said)).not.to.contain('swordfish');
    });
  }

  for (const [what, spec, alertSpec, warning] of [
    [
      'a Provider that is not there',
      {},
      { providerRef: { name: 'absent' } },
      'NotificationDispatchFailed: Provider/flux-system/absent: not found',
    ],
    [
      'a Secret that is not there',
      { secretRef: { name: 'absent' } },
      {},
      'NotificationDispatchFailed: failed to dispatch notification for Kustomization/flux-system/apps: Secret/flux-system/absent: not found; create it or change the Provider',
    ],
    [
      'an account and no Secret',
      { serviceAccountName: 'ci' },
      {},
      'NotificationDispatchFailed: failed to dispatch notification for Kustomization/flux-system/apps: spec.serviceAccountName of the Provider: is not served; put a token into the Secret of spec.secretRef',
    ],
    [
      'a type that is not served',
      { type: 'nats' },
      {},
      "NotificationDispatchFailed: failed to dispatch notification for Kustomization/flux-system/apps: provider type 'nats' is not supported",
    ],
    [
      'an expression that is none',
      {},
      { exclusionList: ['('] },
      'NotificationDispatchFailed: spec.exclusionList: "(" is no regular expression',
    ],
    [
      'keys that two give, though it is sent',
      {},
      { eventMetadata: { revision: 'x' } },
      'MetadataAppendFailed: metadata key conflicts detected (please refer to the Alert API docs and Flux RFC 0008 for more information): revision',
    ],
  ] as const satisfies readonly (readonly [string, Partial<ProviderSpec>, Partial<AlertSpec>, string])[]) {
    it(`leads to an event about the Alert for ${what}`, async () => {
      const world = new AlertWorld();
      await world.provide(spec);
      await world.alert(alertSpec);
      await world.post();
      expect(await world.warnings()).to.deep.equal([warning]);
    });
  }

  it('is not sent while the Provider is suspended', async () => {
    const world = new AlertWorld();
    await world.provide({ suspend: true });
    await world.alert();
    await world.post();
    expect(world.sent).to.deep.equal([]);
  });

  it('asks for the labels of the object when an Alert selects by them', async () => {
    const labelled = Object.assign(
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'apps', namespace: 'flux-system', labels: { team: 'shop' } },
      },
      { spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'x' } } },
    );
    const world = new AlertWorld([labelled]);
    await world.provide();
    const source = { kind: 'Kustomization', name: '*' };
    await world.alert({ eventSources: [{ ...source, matchLabels: { team: 'shop' } }] }, 'mine');
    await world.alert({ eventSources: [{ ...source, matchLabels: { team: 'other' } }] }, 'theirs');
    await world.post();
    expect(world.sent).to.have.lengthOf(1);
  });

  it('carries the status of the commit for the types that set it', async () => {
    const world = new AlertWorld();
    await world.provide({ type: 'github' });
    await world.alert();
    const group = 'kustomize.toolkit.fluxcd.io';
    const metadata = {
      [`${group}/revision`]: `main@sha1:${'1'.repeat(40)}`,
      [`${group}/commit_status`]: 'update',
    };
    await world.post({ ...event, reason: 'ReconciliationSucceeded', metadata });
    expect(world.sent[0]?.commitStatus).to.deep.include({
      sha: '1'.repeat(40),
      state: 'success',
      description: 'reconciliation succeeded',
    });
  });

  it('carries the comment for the types that comment on change requests', async () => {
    const world = new AlertWorld();
    await world.provide({ type: 'githubpullrequestcomment' });
    await world.alert();
    await world.post();
    expect(world.sent).to.deep.equal([]);
    const metadata = { 'event.toolkit.fluxcd.io/change_request': '7' };
    await world.post({ ...event, message: 'another', metadata });
    expect(world.sent[0]?.changeComment).to.deep.include({ number: '7' });
  });

  it('keeps the order at a Provider that is slow, and refuses what is too much', async () => {
    const world = new AlertWorld();
    await world.provide();
    await world.alert();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    world.answer = () => held;
    for (const message of ['1', '2', '3', '4', '5']) world.dispatcher.accept({ ...event, message });
    await Promise.resolve();
    release();
    await world.dispatcher.settled();
    expect(world.sent.map((one) => one.event.message)).to.deep.equal(['1', '2', '3', '4']);
    await world.sandbox.clock.advance(100);
    expect((await world.warnings())[0]).to.contain('too many messages wait for this provider');
  });
});

it('events of the controllers of this process are heard too, traces are not (flux-semantics 1.6)', async () => {
  const world = new AlertWorld();
  await world.provide();
  await world.alert();
  const { clock, events } = world.sandbox;
  const options = { controller: 'kustomize-controller', instance: 'pod', clock };
  const recorder = tapped(events, (one) => void world.dispatcher.accept(one), options);
  const object: KubeObject = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system' },
  };
  recorder.record(object, [
    { type: 'Normal', reason: 'Progressing', message: 'told', metadata: { revision: 'r' } },
    { type: 'Normal', reason: 'Progressing', message: 'traced', isTrace: true },
  ]);
  await world.dispatcher.settled();
  expect(world.sent.map((one) => [one.event.message, one.event.metadata])).to.deep.equal([
    ['told', { revision: 'r' }],
  ]);
});
