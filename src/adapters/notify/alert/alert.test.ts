import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type ProviderType, providerTypes } from '#api/flux/provider.js';
import { setsCommitStatus } from '#core/alert/audience.js';
import type { FluxEvent } from '#core/alert/flux-event.js';
import type { AlertMessage, Destination } from '#ports/alert-sender.js';
import { toAppError } from '#ports/errors.js';
import { FakeHttpProxy } from '#test/fakes/http-proxy.js';
import { FakeHttpServer, type SeenRequest, sendJson } from '#test/fakes/http-server.js';
import { createEventPoster } from './event-poster.js';
import { createAlertSender } from './index.js';

const sha = '1'.repeat(40);

const event: FluxEvent = {
  involvedObject: {
    kind: 'Kustomization',
    namespace: 'flux-system',
    name: 'apps',
    uid: '0b6d',
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  },
  severity: 'info',
  timestamp: '2026-01-05T10:00:02Z',
  message: 'Deployment/shop/web configured',
  reason: 'Progressing',
  metadata: { revision: `main@sha1:${sha}`, summary: 'shop' },
  reportingController: 'kustomize-controller',
  reportingInstance: 'pod',
};
const failed: FluxEvent = { ...event, severity: 'error', reason: 'HealthCheckFailed', message: 'it failed' };

describe('messages of Alerts (flux-semantics 12.4)', () => {
  let server: FakeHttpServer;
  before(async () => (server = await FakeHttpServer.start()));
  after(() => server.stop());
  beforeEach(() => {
    server.seen.length = 0;
    server.answer = (_, response) => void response.end();
  });

  const sender = createAlertSender({});

  function message(type: ProviderType, more: Partial<Destination> = {}, about = event): AlertMessage {
    const status = {
      sha,
      state: 'success',
      context: 'kustomization/apps/0c9c',
      description: 'it works',
    } as const;
    return {
      event: about,
      destination: {
        type,
        address: `${server.url}/path`,
        channel: '',
        username: '',
        password: '',
        token: '',
        headers: {},
        timeoutMs: 2000,
        ...more,
      },
      ...(setsCommitStatus(type) ? { commitStatus: status } : {}),
      id: 'abcdef0123456789abcdef0123456789',
      signal: new AbortController().signal,
    };
  }

  async function sent(...args: Parameters<typeof message>): Promise<readonly SeenRequest[]> {
    await sender.send(message(...args));
    return server.seen;
  }
  const bodyOf = (request: SeenRequest | undefined): unknown => JSON.parse(request?.body ?? 'null');

  const attachment = {
    color: 'good',
    author_name: 'kustomization/apps.flux-system',
    text: 'Deployment/shop/web configured',
    mrkdwn_in: ['text'],
    fields: [
      { title: 'revision', value: `main@sha1:${sha}`, short: false },
      { title: 'summary', value: 'shop', short: false },
    ],
  };

  const shapes: readonly (readonly [ProviderType, Partial<Destination>, FluxEvent, string, object])[] = [
    ['generic', {}, event, '/path', event],
    [
      'slack',
      { channel: 'general', token: 'xoxb' },
      event,
      '/path',
      { channel: 'general', username: 'kustomize-controller', attachments: [attachment] },
    ],
    ['slack', {}, failed, '/path', { attachments: [{ ...attachment, color: 'danger', text: 'it failed' }] }],
    ['discord', { username: 'bot' }, event, '/path/slack', { username: 'bot', attachments: [attachment] }],
    ['rocket', {}, event, '/path', { attachments: [{ ...attachment, color: '#0076D7' }] }],
    [
      'opsgenie',
      { token: 'k' },
      failed,
      '/path',
      {
        message: 'Kustomization/apps',
        description: 'it failed',
        details: { ...event.metadata, severity: 'error' },
      },
    ],
    ['webex', { token: 't', channel: 'room' }, event, '/path', { roomId: 'room' }],
    ['telegram', { token: 't', channel: '@x' }, event, '/path/bott/sendMessage', { chat_id: '@x' }],
    [
      'matrix',
      { token: 't', channel: '!a:b' },
      event,
      '/path/_matrix/client/v3/rooms/!a%3Ab/send/m.room.message/abcdef0123456789abcdef0123456789',
      { msgtype: 'm.text' },
    ],
    ['lark', {}, event, '/path', { msg_type: 'interactive' }],
    [
      'datadog',
      { token: 'k' },
      failed,
      '/path/api/v1/events',
      { alert_type: 'error', title: 'kustomization/apps.flux-system', text: 'it failed' },
    ],
    ['githubdispatch', { address: 'http://x/shop/app', token: 't' }, event, '', {}],
    ['msteams', {}, event, '/path', { type: 'message' }],
    ['grafana', { token: 't' }, event, '/path', { time: Date.UTC(2026, 0, 5, 10, 0, 2) }],
    ['googlechat', {}, event, '/path', {}],
    [
      'zoom',
      { token: 't' },
      failed,
      '/path?format=full',
      {
        content: {
          head: { text: 'kustomization/apps.flux-system', sub_head: { text: 'error' } },
          body: [
            { type: 'message', text: 'it failed' },
            {
              type: 'fields',
              items: [
                { key: 'revision', value: `main@sha1:${sha}` },
                { key: 'summary', value: 'shop' },
              ],
            },
          ],
        },
      },
    ],
    [
      'incident.io',
      { token: 't' },
      failed,
      '/path',
      {
        title: 'kustomization/apps.flux-system: HealthCheckFailed',
        status: 'firing',
        deduplication_key: '0b6d',
        description: 'it failed',
        metadata: {
          ...event.metadata,
          severity: 'error',
          reason: 'HealthCheckFailed',
          reportingController: 'kustomize-controller',
        },
      },
    ],
  ];
  for (const [type, more, about, path, shape] of shapes.filter(([name]) => name !== 'githubdispatch')) {
    it(`${type} gets its shape for ${about.severity}`, async () => {
      const [request] = await sent(type, more, about);
      expect(request?.path).to.equal(path);
      const body = bodyOf(request);
      for (const [key, value] of Object.entries(shape)) {
        if (key === 'attachments')
          expect((body as { attachments: object[] }).attachments[0]).to.deep.include((value as object[])[0]);
        else expect(body).to.have.deep.property(key, value);
      }
      expect(request?.body).to.contain('web configured'.slice(0, about === event ? 14 : 0));
    });
  }

  it('tells people in every chat what, where and the facts beside it', async () => {
    for (const type of ['googlechat', 'lark', 'webex', 'telegram', 'matrix', 'msteams', 'grafana'] as const) {
      server.seen.length = 0;
      const [request] = await sent(type, { token: 't', channel: 'c' }, failed);
      for (const word of ['it failed', 'kustomization/apps.flux-system', 'shop'])
        expect(request?.body, type).to.contain(word);
    }
  });

  it('generic names the reporter, and sends the headers of the Secret', async () => {
    const [request] = await sent('generic', { headers: { 'X-Team': 'shop', Authorization: 'me' } });
    expect(request?.headers).to.include({
      'gotk-component': 'kustomize-controller',
      'x-team': 'shop',
      authorization: 'me',
      'content-type': 'application/json',
    });
  });

  it('generic-hmac signs the very bytes that it sends', async () => {
    const [request] = await sent('generic-hmac', { token: 'swordfish' });
    const signature = createHmac('sha256', 'swordfish')
      .update(request?.body ?? '')
      .digest('hex');
    expect(request?.headers['x-signature']).to.equal(`sha256=${signature}`);
    expect(bodyOf(request)).to.deep.equal(event);
  });

  it('alertmanager gets one firing alert without an end', async () => {
    const address = server.url.replace('http://', 'http://user:pa%20ss@');
    const [request] = await sent('alertmanager', { address: `${address}/api/v2/alerts/` }, failed);
    expect(request?.headers.authorization).to.equal(`Basic ${Buffer.from('user:pa ss').toString('base64')}`);
    expect(bodyOf(request)).to.deep.equal([
      {
        status: 'firing',
        startsAt: event.timestamp,
        labels: {
          alertname: 'FluxKustomizationHealthCheckFailed',
          severity: 'error',
          reason: 'HealthCheckFailed',
          kind: 'Kustomization',
          name: 'apps',
          namespace: 'flux-system',
          reportingcontroller: 'kustomize-controller',
          revision: `main@sha1:${sha}`,
        },
        annotations: { message: 'it failed', summary: 'shop' },
      },
    ]);
  });

  it('pagerduty opens an incident for a failure, and resolves it with good news, which are a change too', async () => {
    await sent('pagerduty', { address: server.url, channel: 'key' }, failed);
    await sent('pagerduty', { address: server.url, channel: 'key' });
    expect(server.seen.map(({ path }) => path)).to.deep.equal([
      '/v2/enqueue',
      '/v2/enqueue',
      '/v2/change/enqueue',
    ]);
    const [opened, resolved] = server.seen.map(bodyOf);
    expect(opened).to.deep.include({ routing_key: 'key', event_action: 'trigger', dedup_key: '0b6d' });
    expect(resolved).to.deep.include({ event_action: 'resolve', dedup_key: '0b6d' });
  });

  it('sentry gets an event for a failure and a transaction for good news, by its DSN', async () => {
    const address = `${server.url.replace('http://', 'http://public@')}/sub/7`;
    await sent('sentry', { address, channel: 'staging' }, failed);
    await sent('sentry', { address, channel: 'staging' });
    const [bad, good] = server.seen;
    expect(bad?.path).to.equal('/sub/api/7/envelope/');
    expect(bad?.headers['x-sentry-auth']).to.contain('sentry_key=public');
    const items = [bad, good].map((one) =>
      (one?.body ?? '').split('\n').map((line) => JSON.parse(line) as object),
    );
    expect(items[0]?.[1]).to.deep.equal({ type: 'event' });
    expect(items[0]?.[2]).to.deep.include({ level: 'error', environment: 'staging', extra: event.metadata });
    expect(items[1]?.[1]).to.deep.equal({ type: 'transaction' });
    expect(items[1]?.[2]).to.deep.include({ transaction: 'Progressing', environment: 'staging' });
  });

  it('zulip gets a form for the topic of the channel, in Markdown, from a bot that logs in', async () => {
    const bot = { username: 'bot@z.test', password: 'key', channel: 'ops/flux/main' };
    const [request] = await sent('zulip', bot, failed);
    expect(request?.path).to.equal('/api/v1/messages');
    expect(request?.headers).to.include({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('bot@z.test:key').toString('base64')}`,
    });
    const { content, ...form } = Object.fromEntries(new URLSearchParams(request?.body));
    expect(form).to.deep.equal({ type: 'stream', to: 'ops', topic: 'flux/main' });
    expect(content).to.equal(
      `## Flux Status\n\n⚠️ Kustomization/flux-system/apps\n\nit failed\n\nMetadata:\n* \`revision\`: main@sha1:${sha}\n* \`summary\`: shop\n`,
    );
  });

  it('incident.io and zoom want their tokens as they want them, and nobody hears of what is under way', async () => {
    await sent('incident.io', { token: 't' }, { ...event, reason: 'ReconciliationSucceeded' });
    await sent('zoom', { token: 't' });
    await sent('incident.io', { token: 't' });
    expect(server.seen.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer t', 't']);
    expect(bodyOf(server.seen[0])).to.deep.include({ status: 'resolved' });
  });

  it("takes Slack's no for a no", async () => {
    server.answer = (_, response) => sendJson(response, 200, { ok: false, error: 'invalid_auth' });
    const error = await sender.send(message('slack', { token: 'x' })).catch(toAppError);
    expect(error).to.include({ code: 'NotifyDenied', message: 'slack answered invalid_auth' });
  });

  const commits: readonly (readonly [ProviderType, Partial<Destination>, string, string, unknown, object])[] =
    [
      [
        'github',
        { token: 't' },
        '/shop/app.git',
        `/api/v3/repos/shop/app/statuses/${sha}`,
        [{ context: 'kustomization/apps/0c9c', state: 'success', description: 'it works' }],
        { state: 'success', context: 'kustomization/apps/0c9c', description: 'it works' },
      ],
      [
        'gitlab',
        { token: 't' },
        '/group/sub/app',
        `/api/v4/projects/group%2Fsub%2Fapp/statuses/${sha}`,
        [{ name: 'kustomization/apps/0c9c', status: 'success', description: 'it works' }],
        { state: 'success', name: 'kustomization/apps/0c9c', description: 'it works' },
      ],
      [
        'gitea',
        { token: 't' },
        '/shop/app',
        `/api/v1/repos/shop/app/statuses/${sha}`,
        [{ context: 'kustomization/apps/0c9c', status: 'success', description: 'it works' }],
        { state: 'success', context: 'kustomization/apps/0c9c', description: 'it works' },
      ],
      [
        'bitbucket',
        { token: 'me:pass' },
        '/shop/app',
        `/2.0/repositories/shop/app/commit/${sha}/statuses/build`,
        { name: 'kustomization/apps/0c9c', state: 'SUCCESSFUL', description: 'it works' },
        { state: 'SUCCESSFUL', name: 'kustomization/apps/0c9c', description: 'it works' },
      ],
      [
        'bitbucketserver',
        { username: 'me', password: 'pass' },
        '/ctx/scm/SHOP/app.git',
        `/ctx/rest/api/latest/projects/SHOP/repos/app/commits/${sha}/builds`,
        { name: 'kustomization/apps/0c9c', state: 'SUCCESSFUL', description: 'it works' },
        { state: 'SUCCESSFUL', name: 'kustomization/apps/0c9c', description: 'it works' },
      ],
      [
        'azuredevops',
        { token: 't' },
        '/org/project/_git/app',
        `/org/project/_apis/git/repositories/app/commits/${sha}/statuses?api-version=7.1`,
        {
          value: [
            {
              context: { genre: 'fluxcd', name: 'kustomization/apps/0c9c' },
              state: 'succeeded',
              description: 'it works',
            },
          ],
        },
        {
          state: 'succeeded',
          description: 'it works',
          context: { genre: 'fluxcd', name: 'kustomization/apps/0c9c' },
        },
      ],
    ];
  for (const [type, more, repository, path, held, body] of commits) {
    it(`${type} is told the status of the commit, once`, async () => {
      const destination = { address: `${server.url}${repository}`, ...more };
      server.answer = ({ method }, response) => sendJson(response, method === 'GET' ? 404 : 201, []);
      const [ask, tell] = await sent(type, destination);
      expect(ask?.method).to.equal('GET');
      expect([tell?.method, tell?.path]).to.deep.equal(['POST', path]);
      expect(bodyOf(tell)).to.deep.include(body);
      expect(tell?.headers).to.satisfy(
        (headers: object) => 'authorization' in headers || 'private-token' in headers,
      );
      server.seen.length = 0;
      server.answer = (_, response) => sendJson(response, 200, held);
      await sent(type, destination);
      expect(server.seen.map(({ method }) => method)).to.deep.equal(['GET']);
    });
  }

  it('refuses what the Provider lacks, and types that are not served, by name', async () => {
    for (const [type, more, text] of [
      ['slack', { address: '' }, 'slack: address is missing in the Provider and its Secret'],
      ['opsgenie', {}, 'opsgenie: token is missing in the Provider and its Secret'],
      ['github', { token: '' }, 'github: the address is no repository'],
      ['nats', {}, "provider type 'nats' is not supported"],
      ['zulip', { channel: 'ops' }, 'zulip: the channel is not <channel>/<topic>'],
      ['zoom', {}, 'zoom: token is missing in the Provider and its Secret'],
      ['incident.io', {}, 'incident.io: token is missing in the Provider and its Secret'],
    ] as const) {
      const error = await sender.send(message(type, more)).catch(toAppError);
      expect(error).to.include({ code: 'NotifyInvalid', message: text });
    }
  });

  it('serves every type of the definition but those named in the documents', () => {
    expect(providerTypes.filter((type) => !sender.types.has(type))).to.deep.equal([
      'googlepubsub',
      'azureeventhub',
      'nats',
      'otel',
    ]);
  });

  it('goes through the proxy of the Provider', async () => {
    const proxy = await FakeHttpProxy.start(() => Number(new URL(server.url).port));
    try {
      const login = proxy.url.replace('http://', 'http://me:secret@');
      await sent('generic', { address: 'http://far.test/hook', proxy: login });
      expect(proxy.seen).to.deep.equal(['POST http://far.test/hook']);
      expect(proxy.credentials).to.deep.equal([`Basic ${Buffer.from('me:secret').toString('base64')}`]);
    } finally {
      await proxy.stop();
    }
  });

  it('asks no address that is denied', async () => {
    const denied = (): never => {
      throw Object.assign(new Error('it is on the list of denied addresses'), { name: 'QueryFailure' });
    };
    const guarded = createAlertSender({ guard: { check: denied, lookup: denied } });
    const error = await guarded.send(message('generic')).catch(toAppError);
    expect(error).to.include({ code: 'NotifyInvalid' });
    expect(server.seen).to.have.lengthOf(0);
  });
});

describe('posting events to another controller (flux-semantics 1.6)', () => {
  it('takes a repetition for done, and fails in passing with the endpoint', async () => {
    const server = await FakeHttpServer.start();
    try {
      const post = createEventPoster(`${server.url}/`);
      const { signal } = new AbortController();
      const outcomes: unknown[] = [];
      for (const status of [202, 429, 503]) {
        server.answer = (_, response) => sendJson(response, status, '');
        outcomes.push(
          await post(event, signal).then(
            () => 'done',
            (thrown: unknown) => toAppError(thrown).code,
          ),
        );
      }
      expect(outcomes).to.deep.equal(['done', 'done', 'NotifyUnavailable']);
      expect(JSON.parse(server.seen[0]?.body ?? '')).to.deep.equal(event);
    } finally {
      await server.stop();
    }
  });
});
