import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Receiver, ReceiverSpec } from '#api/flux/receiver.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { nodeSigning } from '#adapters/inbound/signing.js';
import { sha256Hex } from '#core/digest/sha256.js';
import type { InboundAnswer } from '#ports/inbound.js';
import type { TokenVerdict } from '#ports/identity-tokens.js';
import type { LogFields } from '#ports/log.js';
import { createVirtualSandbox, type VirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { installedCrds, namespace } from '#test/fakes/installed-crds.js';
import { createNotingLog } from '#test/fakes/noting-log.js';
import { createHookHandler } from './hooks.js';
import { createReceiverController } from './index.js';

const token = 'swordfish';
const path = `/hook/${sha256Hex(`${token}hookflux-system`)}`;

const secret: KubeObject & { readonly data: object } = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'hook-token', namespace: 'flux-system' },
  data: { token: Buffer.from(token).toString('base64') },
};

function repository(name: string, space = 'flux-system', labels: Record<string, string> = {}): KubeObject {
  return Object.assign(
    {
      apiVersion: apiVersionOf(kinds.gitRepository),
      kind: 'GitRepository',
      metadata: { name, namespace: space, labels },
    },
    { spec: { url: 'https://git.test/app.git', interval: '1m', suspend: true } },
  );
}

/** What the provider of identities says of tokens, by their text. */
const claims = { aud: 'sluice', email: 'pubsub@app.test', email_verified: true };
const googleSays: Readonly<Record<string, TokenVerdict>> & { readonly forged: TokenVerdict } = {
  good: { ok: true, claims },
  unverified: { ok: true, claims: { ...claims, email_verified: false } },
  other: { ok: true, claims: { ...claims, email: 'other@app.test' } },
  elsewhere: { ok: true, claims: { ...claims, aud: 'elsewhere' } },
  forged: { ok: false, problem: 'no key of the provider signed it' },
};

const issuer = 'https://ci.test';
const bearerOf = (body: object): string => `x.${Buffer.from(JSON.stringify(body)).toString('base64url')}.y`;
const [main, fork, foreign] = [
  bearerOf({ iss: issuer, ref: 'refs/heads/main' }),
  bearerOf({ iss: issuer, ref: 'refs/heads/fork' }),
  bearerOf({ iss: 'https://evil.test', ref: 'refs/heads/main' }),
];
const oidcSays: Readonly<Record<string, TokenVerdict>> & { readonly forged: TokenVerdict } = {
  [main]: { ok: true, claims: { iss: issuer, ref: 'refs/heads/main', repo: 'shop/app' } },
  [fork]: { ok: true, claims: { iss: issuer, ref: 'refs/heads/fork', repo: 'shop/app' } },
  [foreign]: { ok: true, claims: { iss: 'https://evil.test', ref: 'refs/heads/main' } },
  forged: { ok: false, problem: 'signature verification failed' },
};

class HookWorld {
  readonly sandbox: VirtualSandbox;
  readonly said: (readonly [string, LogFields | undefined])[] = [];
  readonly #expected: unknown[] = [];
  readonly #handle;

  /** Whose tokens for whom were asked about. */
  get expected(): readonly unknown[] {
    return this.#expected;
  }

  constructor(objects: readonly KubeObject[], isLocked = false) {
    const spaces = ['flux-system', 'shop'].map(namespace);
    this.sandbox = createVirtualSandbox({ objects: [...installedCrds(), ...spaces, ...objects] });
    const { engine, clock, kube, events } = this.sandbox;
    const log = createNotingLog(this.said);
    const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log, events };
    engine.start(createReceiverController(deps));
    const verify = (given: string) => Promise.resolve(googleSays[given] ?? googleSays.forged);
    const oidc = {
      verify: (given: string, expected: { readonly issuer: string; readonly audience: string }) => {
        this.#expected.push(expected);
        return Promise.resolve(oidcSays[given] ?? oidcSays.forged);
      },
    };
    this.#handle = createHookHandler({ ...deps, signing: nodeSigning, tokens: { verify }, oidc, isLocked });
  }

  async receive(spec: Partial<ReceiverSpec> = {}, hasSecret = true): Promise<void> {
    await this.sandbox.kube.create<Receiver>(kinds.receiver, {
      apiVersion: apiVersionOf(kinds.receiver),
      kind: 'Receiver',
      metadata: { name: 'hook', namespace: 'flux-system' },
      spec: {
        type: 'generic',
        ...(hasSecret ? { secretRef: { name: 'hook-token' } } : {}),
        resources: [{ kind: 'GitRepository', name: 'app' }],
        ...spec,
      },
    });
    await this.sandbox.clock.advance(1000);
  }

  async receiver(): Promise<Receiver> {
    const found = await this.sandbox.kube.get<Receiver>({
      kind: kinds.receiver,
      namespace: 'flux-system',
      name: 'hook',
    });
    if (found === undefined) throw new Error('no receiver');
    return found;
  }

  call(at = path, body = '{}', headers: Record<string, string> = {}): Promise<InboundAnswer> {
    return this.#handle({ method: 'POST', path: at, headers, body: Buffer.from(body) });
  }

  /** `reason: message` of the events about it. */
  async events(): Promise<readonly string[]> {
    const { items } = await this.sandbox.kube.list(kinds.event, { namespace: 'flux-system' });
    return items.map((event) => `${String(event['reason'])}: ${String(event['message'])}`);
  }

  /** Names of the sources that were asked for. */
  async asked(): Promise<readonly string[]> {
    const { items } = await this.sandbox.kube.list(kinds.gitRepository);
    return items
      .filter(({ metadata }) => metadata.annotations?.['reconcile.fluxcd.io/requestedAt'] !== undefined)
      .map(({ metadata }) => metadata.name);
  }
}

describe('a Receiver (flux-semantics 12.5)', () => {
  it('gets the finalizer, a path of token, name and namespace, and says so', async () => {
    const world = new HookWorld([secret]);
    await world.receive();
    const { status, metadata } = await world.receiver();
    expect(metadata.finalizers).to.deep.equal(['finalizers.fluxcd.io']);
    expect(status).to.deep.include({ webhookPath: path, observedGeneration: 1 });
    expect(status?.conditions).to.have.lengthOf(1);
    expect(status?.conditions?.[0]).to.deep.include({
      type: 'Ready',
      status: 'True',
      reason: 'Succeeded',
      message: `Receiver initialized for path: ${path}`,
    });
    expect(await world.events()).to.deep.equal([`Succeeded: Receiver initialized for path: ${path}`]);
  });

  it('says TokenNotFound until its Secret is there, and finds it by itself', async () => {
    const world = new HookWorld([]);
    await world.receive();
    const before = await world.receiver();
    expect(before.status?.conditions?.map(({ type, reason }) => `${type} ${reason ?? ''}`)).to.deep.equal([
      'Ready TokenNotFound',
      'Reconciling ProgressingWithRetry',
    ]);
    expect(before.status?.webhookPath).to.equal(undefined);
    await world.sandbox.kube.create(kinds.secret, secret);
    await world.sandbox.clock.advance(15_000);
    const { status } = await world.receiver();
    expect(status?.conditions?.map(({ type }) => type)).to.deep.equal(['Ready']);
    expect(status?.webhookPath).to.equal(path);
  });

  it('takes a new token with the next interval', async () => {
    const world = new HookWorld([secret]);
    await world.receive({ interval: '1m' });
    const data = { token: Buffer.from('other').toString('base64') };
    await world.sandbox.kube.patch(
      { kind: kinds.secret, namespace: 'flux-system', name: 'hook-token' },
      { type: 'merge', body: { data } },
    );
    await world.sandbox.clock.advance(61_000);
    expect((await world.receiver()).status?.webhookPath).not.to.equal(path);
  });

  for (const [field, spec] of Object.entries({
    resourceFilter: { resourceFilter: 'nothing.known == 1' },
    'resources[0].filter': { resources: [{ kind: 'GitRepository', name: 'app', filter: 'res.' }] },
  })) {
    it(`stalls with InvalidCELExpression for spec.${field}`, async () => {
      const world = new HookWorld([secret]);
      await world.receive(spec);
      const { status } = await world.receiver();
      expect(status?.conditions?.map(({ type, status: is, reason }) => [type, is, reason])).to.deep.equal([
        ['Ready', 'False', 'InvalidCELExpression'],
        ['Stalled', 'True', 'InvalidCELExpression'],
      ]);
      expect(status?.observedGeneration).to.equal(1);
      expect((await world.call()).status).to.equal(404);
    });
  }

  it('notes the request for a reconcile that it handled', async () => {
    const world = new HookWorld([secret]);
    await world.receive();
    const annotations = { 'reconcile.fluxcd.io/requestedAt': 'now' };
    await world.sandbox.kube.patch(
      { kind: kinds.receiver, namespace: 'flux-system', name: 'hook' },
      { type: 'merge', body: { metadata: { annotations } } },
    );
    await world.sandbox.clock.advance(1000);
    expect((await world.receiver()).status?.lastHandledReconcileAt).to.equal('now');
  });
});

describe('a call to a Receiver (flux-semantics 12.5)', () => {
  const sources = [
    repository('app'),
    repository('web', 'flux-system', { team: 'shop' }),
    repository('away', 'shop', { team: 'shop' }),
  ];

  it('asks a reconcile of the named object', async () => {
    const world = new HookWorld([secret, ...sources]);
    await world.receive();
    expect(await world.call()).to.deep.equal({ status: 200, body: '' });
    expect(await world.asked()).to.deep.equal(['app']);
  });

  it('asks each anew with every call', async () => {
    const world = new HookWorld([secret, ...sources]);
    await world.receive();
    const stamps: unknown[] = [];
    for (let i = 0; i < 2; i += 1) {
      await world.call();
      const key = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };
      const app = await world.sandbox.kube.get(key);
      stamps.push(app?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt']);
      await world.sandbox.clock.advance(1);
    }
    expect(new Set(stamps).size).to.equal(2);
  });

  for (const [name, resource, asked] of [
    ['* means all of the namespace', { name: '*' }, ['app', 'web']],
    ['* with labels', { name: '*', matchLabels: { team: 'shop' } }, ['web']],
    ['* with labels elsewhere', { name: '*', namespace: 'shop', matchLabels: { team: 'shop' } }, ['away']],
    ['a filter of the entry', { name: '*', filter: "res.metadata.name == 'web'" }, ['web']],
    ['a filter over the body', { name: '*', filter: 'res.metadata.name == req.repo' }, ['app']],
  ] as const) {
    it(`finds objects: ${name}`, async () => {
      const world = new HookWorld([secret, ...sources]);
      await world.receive({ resources: [{ kind: 'GitRepository', ...resource }] });
      expect((await world.call(path, '{"repo":"app"}')).status).to.equal(200);
      expect(await world.asked()).to.deep.equal(asked);
    });
  }

  it('lets only those pass that resourceFilter lets pass', async () => {
    const world = new HookWorld([secret, ...sources]);
    const resources = [{ kind: 'GitRepository', name: '*' }];
    await world.receive({
      resources,
      resourceFilter: "has(res.metadata.labels) && 'team' in res.metadata.labels",
    });
    expect((await world.call()).status).to.equal(200);
    expect(await world.asked()).to.deep.equal(['web']);
  });

  const values = { token, email: 'pubsub@app.test', audience: 'sluice' };
  const encoded = (data: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    );
  const google: readonly (readonly [
    what: string,
    bearer: string,
    data: Record<string, string>,
    status: number,
  ])[] = [
    ['of the account and audience of the Secret', 'good', values, 200],
    ['that nobody signed', 'forged', values, 400],
    ['of another account', 'other', values, 400],
    ['of an account whose address is not verified', 'unverified', values, 400],
    ['for another audience', 'elsewhere', values, 400],
    ['while the Secret names no account', 'good', { token }, 400],
  ];
  for (const [what, bearer, data, status] of google) {
    it(`gcr: answers ${status} to a token ${what}`, async () => {
      const world = new HookWorld([{ ...secret, data: encoded(data) } as KubeObject, ...sources]);
      await world.receive({ type: 'gcr' });
      const answer = await world.call(path, '{}', { authorization: `Bearer ${bearer}` });
      expect(answer.status).to.equal(status);
      expect(await world.asked()).to.deep.equal(status === 200 ? ['app'] : []);
    });
  }

  const openPath = `/hook/${sha256Hex('hookflux-system')}`;
  const provider = {
    issuerURL: issuer,
    variables: [
      { name: 'parts', expression: "claims.ref.split('/')" },
      { name: 'branch', expression: 'variables.parts[2]' },
    ],
    validations: [{ expression: "variables.branch == 'main'", message: 'only main may call' }],
  };
  const oidc: readonly (readonly [
    what: string,
    bearer: string | undefined,
    status: number,
    said?: RegExp,
  ])[] = [
    ['a token whose claims pass every validation', main, 200],
    ['a token whose claims do not', fork, 400, /only main may call/],
    ['a token of another issuer', foreign, 400, /of no provider of spec.oidcProviders/],
    ['a token that nobody signed', bearerOf({ iss: issuer }), 400, /signature verification failed/],
    ['what is no token', 'x', 400, /of no provider/],
    ['no token', undefined, 400, /no bearer token/],
  ];
  for (const [what, bearer, status, said] of oidc) {
    it(`generic-oidc: answers ${status} to ${what}`, async () => {
      const world = new HookWorld(sources);
      const resourceFilter = "claims.repo == 'shop/app'";
      await world.receive({ type: 'generic-oidc', oidcProviders: [provider], resourceFilter }, false);
      const headers: Record<string, string> =
        bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
      expect((await world.call(openPath, '{}', headers)).status).to.equal(status);
      expect(await world.asked()).to.deep.equal(status === 200 ? ['app'] : []);
      if (status === 200)
        expect(world.expected).to.deep.equal([{ issuer, audience: 'notification-controller' }]);
      if (said !== undefined) expect(JSON.stringify(world.said)).to.match(said);
    });
  }

  const expressions = [
    ['variables[0]', { variables: [{ name: 'a', expression: 'claims.(' }] }],
    ['validations[0]', { validations: [{ expression: 'size(claims)', message: 'm' }] }],
  ] as const;
  for (const [field, more] of expressions) {
    it(`generic-oidc: stalls while spec.oidcProviders[0].${field} is no CEL`, async () => {
      const world = new HookWorld(sources);
      await world.receive({ type: 'generic-oidc', oidcProviders: [{ ...provider, ...more }] });
      const { status } = await world.receiver();
      const stalled = status?.conditions?.find(({ type }) => type === 'Stalled');
      expect(stalled).to.include({ status: 'True', reason: 'InvalidCELExpression' });
      expect(stalled?.message).to.include(`spec.oidcProviders[0].${field}`);
    });
  }

  it('answers 404 for a path of nobody', async () => {
    const world = new HookWorld([secret]);
    await world.receive();
    for (const at of ['/', '/hook/', `/hook/${'0'.repeat(64)}`, `${path}/x`])
      expect((await world.call(at)).status, at).to.equal(404);
  });

  it('answers 503 while suspended', async () => {
    const world = new HookWorld([secret, ...sources]);
    await world.receive();
    await world.sandbox.kube.patch(
      { kind: kinds.receiver, namespace: 'flux-system', name: 'hook' },
      { type: 'merge', body: { spec: { suspend: true } } },
    );
    await world.sandbox.clock.advance(1000);
    expect((await world.call()).status).to.equal(503);
    expect(await world.asked()).to.deep.equal([]);
  });

  it('answers 400 to a call that does not prove itself, and tells neither caller nor log a secret', async () => {
    const world = new HookWorld([secret, ...sources]);
    await world.receive({ type: 'github', events: ['push'] });
    const body = '{"ref":"main"}';
    const signature = createHmac('sha256', token).update(body).digest('hex');
    const good = { 'x-hub-signature-256': `sha256=${signature}`, 'x-github-event': 'push' };
    expect((await world.call(path, `${body} `, good)).status).to.equal(400);
    expect(await world.asked()).to.deep.equal([]);
    expect((await world.call(path, body, good)).status).to.equal(200);
    expect(JSON.stringify(world.said)).not.to.contain(token).and.not.to.contain(signature);
  });

  it('answers 500 when one object cannot be annotated, and annotates the others', async () => {
    const world = new HookWorld([secret, ...sources]);
    await world.receive({
      resources: [
        { kind: 'GitRepository', name: 'absent' },
        { kind: 'GitRepository', name: 'app' },
      ],
    });
    expect((await world.call()).status).to.equal(500);
    expect(await world.asked()).to.deep.equal(['app']);
  });

  for (const [name, resource, isLocked] of [
    ['a kind without apiVersion that has no default', { kind: 'Kustomization', name: 'app' }, false],
    ['a kind that is not served', { apiVersion: 'x.test/v1', kind: 'Thing', name: 'app' }, false],
    [
      'another namespace when that is forbidden',
      { kind: 'GitRepository', name: 'away', namespace: 'shop' },
      true,
    ],
  ] as const) {
    it(`answers 500 for ${name}`, async () => {
      const world = new HookWorld([secret, ...sources, namespace('other')], isLocked);
      await world.receive({ resources: [resource] });
      expect((await world.call()).status).to.equal(500);
      expect(await world.asked()).to.deep.equal([]);
    });
  }
});
