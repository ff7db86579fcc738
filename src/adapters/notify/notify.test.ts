import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { NotificationContent } from '#core/notify/content.js';
import { instantOf } from '#core/time/instant.js';
import { type AppError, toAppError } from '#ports/errors.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { FakeSmtpServer } from '#test/fakes/smtp-server.js';
import { createMessenger } from './http/exchange.js';
import { notifiers } from './index.js';

const now = instantOf(Date.UTC(2026, 0, 1));
/** Pauses of adapters take no time here. */
const pauses: number[] = [];
const clock = {
  now: () => now,
  schedule: (at: number, callback: () => void) => {
    pauses.push(at - now);
    queueMicrotask(callback);
    return () => undefined;
  },
};
const all = notifiers({ clock });
const id = 'f00d';
const messenger = createMessenger();

function send(
  type: string,
  options: unknown,
  content: NotificationContent,
  recipient = 'ops',
  signal = new AbortController().signal,
): Promise<void> {
  return all.get(type)!.send({ options, recipient, content, id, signal });
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (thrown) {
    return toAppError(thrown);
  }
  throw new Error('nothing failed');
}

describe('notifiers', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => {
    server.seen.splice(0);
    pauses.splice(0);
  });
  after(() => server.stop());

  const answering = (
    status: number,
    body: unknown = '',
    headers: Readonly<Record<string, string>> = {},
  ): void => {
    server.answer = (_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      sendJson(response, status, body);
    };
  };
  const body = (index = 0): any => JSON.parse(server.seen[index]!.body);

  /** What each service is sent to the fake with. */
  const minimal: Readonly<Record<string, readonly [options: () => object, block?: object]>> = {
    slack: [() => ({ token: 't', apiURL: `${server.url}/api` })],
    webhook: [() => ({ url: server.url })],
    teams: [() => ({ recipientUrls: { ops: server.url } })],
    'teams-workflows': [() => ({ recipientUrls: { ops: server.url } })],
    opsgenie: [() => ({ apiUrl: server.url, apiKeys: { ops: 'k' } }), { description: 'd' }],
    pagerduty: [() => ({ apiUrl: server.url, token: 't', from: 'a@b' })],
    pagerdutyv2: [() => ({ apiUrl: server.url, serviceKeys: { ops: 'k' } }), { summary: 's' }],
    grafana: [() => ({ apiUrl: `${server.url}/api`, apiKey: 'k' })],
    discord: [() => ({ recipientUrls: { ops: server.url } })],
  };
  const try1 = (type: string): Promise<void> => {
    const [options, block] = minimal[type]!;
    return send(type, options(), {
      message: 'hello',
      ...(block === undefined ? {} : { block: { ...block } }),
    });
  };

  for (const type of Object.keys(minimal)) {
    describe(`${type}, when the far side fails`, () => {
      it('takes 401 for a refusal of the credentials', async () => {
        answering(401, 'no');
        const error = await failure(try1(type));
        expect([error.code, error.message]).to.deep.equal(['NotifyDenied', `${type} answered 401: no`]);
      });

      it('takes 429 for a wish for patience, and tells how long', async () => {
        answering(429, '', { 'retry-after': '17' });
        const error = await failure(try1(type));
        expect([error.code, error.retryAfterMs]).to.deep.equal(['NotifyUnavailable', 17_000]);
      });

      it('takes 503 for something that passes, 400 for something that stays', async () => {
        answering(503, 'down');
        expect((await failure(try1(type))).code).to.equal('NotifyUnavailable');
        answering(400, 'bad');
        expect((await failure(try1(type))).code).to.equal('NotifyInvalid');
      });

      it('says the host alone when nobody answers', async () => {
        server.answer = (_, response) => void response.destroy();
        const error = await failure(try1(type));
        expect(error.code).to.equal('NotifyUnavailable');
        expect(error.message).to.contain(`${type}: ${new URL(server.url).host} cannot be reached`);
      });

      it('says what is missing in its options', async () => {
        const [, block] = minimal[type]!;
        const content = { message: 'm', ...(block === undefined ? {} : { block: { ...block } }) };
        expect(
          (await failure(send(type, { apiURL: server.url, apiUrl: server.url }, content))).code,
        ).to.equal('NotifyInvalid');
        expect(server.seen).to.deep.equal([]);
      });
    });
  }

  it('gives up after a time limit, and when the process ends', async () => {
    server.answer = () => undefined;
    const request = { service: 's', url: server.url, timeoutMs: 30, signal: new AbortController().signal };
    const late = await failure(messenger.exchange(request));
    expect([late.code, late.message]).to.deep.equal([
      'NotifyUnavailable',
      `s: ${new URL(server.url).host} gave no answer within 0.03s`,
    ]);
    const abort = new AbortController();
    const ended = failure(messenger.exchange({ ...request, timeoutMs: 5000, signal: abort.signal }));
    abort.abort();
    expect((await ended).code).to.equal('ShuttingDown');
  });

  it('refuses what is no address', async () => {
    const error = await failure(send('webhook', { url: 'file:///etc/passwd' }, { message: '' }));
    expect(error.code).to.equal('NotifyInvalid');
  });

  describe('slack', () => {
    const options = (more: object = {}) => ({ token: 'xoxb', apiURL: `${server.url}/api/`, ...more });
    let ts = 0;
    beforeEach(() => {
      server.answer = (_, response) => sendJson(response, 200, { ok: true, channel: 'C1', ts: `${++ts}.0` });
    });

    it('posts text, attachments, blocks, name and icon', async () => {
      await send('slack', options({ icon: ':boat:', disableUnfurl: true }), {
        message: 'hi',
        block: { attachments: '[{"title":"t"}]', blocks: '[{"type":"divider"}]', username: 'bot' },
      });
      expect(server.seen[0]).to.include({ method: 'POST', path: '/api/chat.postMessage' });
      expect(server.seen[0]!.headers.authorization).to.equal('Bearer xoxb');
      expect(body()).to.deep.equal({
        channel: 'ops',
        text: 'hi',
        username: 'bot',
        icon_emoji: ':boat:',
        attachments: [{ title: 't' }],
        blocks: [{ type: 'divider' }],
        unfurl_links: false,
        unfurl_media: false,
      });
    });

    it('keeps a thread for each grouping key, and updates its first message when asked', async () => {
      const grouped = (deliveryPolicy: string, groupingKey = `k${server.url}`) =>
        send('slack', options(), {
          message: 'm',
          block: { groupingKey, deliveryPolicy, notifyBroadcast: true },
        });
      await grouped('Post');
      await grouped('Post');
      await grouped('PostAndUpdate');
      await grouped('Update');
      await grouped('Post', 'another');
      const calls = server.seen.map(({ path }, i) => [
        path.replace('/api/chat.', ''),
        body(i).thread_ts ?? body(i).ts,
      ]);
      expect(calls).to.deep.equal([
        ['postMessage', undefined],
        ['postMessage', calls[1]![1]],
        ['postMessage', calls[1]![1]],
        ['update', calls[1]![1]],
        ['update', calls[1]![1]],
        ['postMessage', undefined],
      ]);
      expect(calls[1]![1]).to.be.a('string');
      expect([body(0).reply_broadcast, body(3).channel]).to.deep.equal([true, 'C1']);
    });

    it('reads the reason of a refusal', async () => {
      const reasons: Readonly<Record<string, string>> = {
        invalid_auth: 'NotifyDenied',
        channel_not_found: 'NotifyInvalid',
        internal_error: 'NotifyUnavailable',
        ratelimited: 'NotifyUnavailable',
      };
      for (const [error, code] of Object.entries(reasons)) {
        answering(200, { ok: false, error });
        const { code: actual, message } = await failure(try1('slack'));
        expect([actual, message]).to.deep.equal([code, `slack answered ${error}`]);
      }
      answering(200, '<html>proxy</html>');
      expect((await failure(try1('slack'))).code).to.equal('NotifyUnavailable');
    });

    it('says which part of a template is no JSON', async () => {
      const error = await failure(send('slack', options(), { message: '', block: { attachments: '[' } }));
      expect(error.message).to.contain('slack: attachments of the template is no JSON');
      expect(server.seen).to.deep.equal([]);
    });
  });

  describe('webhook', () => {
    it('sends the message by GET when there is no template for it', async () => {
      answering(204);
      await send('webhook', { url: `${server.url}/hook` }, { message: 'm' });
      expect(server.seen[0]).to.include({ method: 'GET', path: '/hook', body: 'm' });
    });

    it('sends method, path, body, headers and credentials', async () => {
      answering(200);
      await send(
        'webhook',
        {
          url: `${server.url}/base/`,
          headers: [{ name: 'Content-Type', value: 'application/json' }],
          basicAuth: { username: 'u', password: 'p' },
        },
        { message: 'm', block: { method: 'post', path: '/x?y=1', body: '{"a":1}' } },
      );
      const [seen] = server.seen;
      expect(seen).to.include({ method: 'POST', path: '/base/x?y=1', body: '{"a":1}' });
      expect(seen!.headers).to.include({
        'content-type': 'application/json',
        authorization: 'Basic dTpw',
        'idempotency-key': id,
      });
    });

    it('follows where it is sent to', async () => {
      server.answer = ({ path }, response) => {
        if (path === '/there') return sendJson(response, 200, '');
        response.writeHead(307, { location: '/there' });
        response.end();
      };
      await send('webhook', { url: server.url }, { message: '', block: { method: 'POST', body: 'b' } });
      expect(server.seen.map(({ method, path, body: sent }) => [method, path, sent])).to.deep.equal([
        ['POST', '/', 'b'],
        ['POST', '/there', 'b'],
      ]);
    });

    it('asks again a few times at once, with pauses that grow', async () => {
      let count = 0;
      server.answer = (_, response) => sendJson(response, ++count < 4 ? 500 : 200, '');
      await send('webhook', { url: server.url }, { message: 'm' });
      expect([count, pauses]).to.deep.equal([4, [1000, 2000, 4000]]);
      answering(500);
      server.seen.splice(0);
      const options = { url: server.url, retryMax: 1, retryWaitMin: '5s' };
      await failure(send('webhook', options, { message: 'm' }));
      expect(server.seen).to.have.length(2);
    });
  });

  it('teams: sends a MessageCard, and reads what a connector says behind a 200', async () => {
    answering(200, '1');
    const options = { recipientUrls: { ops: `${server.url}/card` } };
    const block = {
      title: 'T',
      themeColor: '#0f0',
      facts: '[{"name":"a","value":"b"}]',
      sections: '[{"activityTitle":"s"}]',
      potentialAction: '[{"@type":"OpenUri"}]',
    };
    await send('teams', options, { message: 'm', block });
    expect(body()).to.deep.equal({
      '@type': 'MessageCard',
      context: 'https://schema.org/extensions',
      title: 'T',
      summary: '',
      text: 'm',
      themeColor: '#0f0',
      potentialAction: [{ '@type': 'OpenUri' }],
      sections: [{ activityTitle: 's' }, { facts: [{ name: 'a', value: 'b' }] }],
    });
    await send('teams', options, { message: 'm', block: { template: '{"own":true}' } });
    expect(body(1)).to.deep.equal({ own: true });
    answering(
      200,
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
    );
    expect((await failure(try1('teams'))).code).to.equal('NotifyUnavailable');
    const unknown = await failure(send('teams', options, { message: 'm' }, 'nobody'));
    expect(unknown.message).to.equal('teams: recipientUrls has nothing for the recipient "nobody"');
  });

  it('teams-workflows: makes an Adaptive Card of the same fields, or takes one', async () => {
    answering(202);
    const block = {
      title: 'T',
      themeColor: 'Good',
      facts: '[{"name":"n","value":5}]',
      sections: '[{"facts":[{"name":"x","value":"y"}]}]',
      potentialAction: '[{"@type":"OpenUri","name":"go","targets":[{"uri":"https://x"}]}]',
    };
    const options = { recipientUrls: { ops: server.url } };
    await send('teams-workflows', options, { message: 'm', block });
    const card = {
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        { type: 'TextBlock', text: 'T', size: 'Large', weight: 'Bolder', wrap: true, color: 'Good' },
        { type: 'TextBlock', text: 'm', wrap: true },
        { type: 'FactSet', facts: [{ title: 'n', value: '5' }] },
        { type: 'FactSet', facts: [{ title: 'x', value: 'y' }] },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'go', url: 'https://x' }],
    };
    expect(body()).to.deep.equal({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
    });
    const raw = { ...options, rawCardPayload: true };
    await send('teams-workflows', raw, { message: 'm', block: { adaptiveCard: '{"type":"AdaptiveCard"}' } });
    expect(body(1)).to.deep.equal({ type: 'AdaptiveCard' });
  });

  it('opsgenie: raises an alert for the team, one however often it is tried', async () => {
    answering(202, { result: 'ok' });
    await send(
      'opsgenie',
      { apiUrl: server.url, apiKeys: { ops: 'key' } },
      {
        message: 'm',
        block: { description: 'd', priority: 'P1', note: '' },
      },
    );
    expect(server.seen[0]).to.include({ method: 'POST', path: '/v2/alerts' });
    expect(server.seen[0]!.headers.authorization).to.equal('GenieKey key');
    expect(body()).to.deep.equal({
      message: 'm',
      alias: id,
      description: 'd',
      priority: 'P1',
      responders: [{ type: 'team', id: 'ops' }],
      source: 'Argo CD',
    });
    const empty = send('opsgenie', { apiKeys: { ops: 'k' } }, { message: 'm', block: {} });
    expect((await failure(empty)).message).to.contain('description');
  });

  it('pagerduty: opens an incident on the service', async () => {
    answering(201, {});
    const options = { apiUrl: server.url, token: 't', from: 'me@x' };
    const block = { title: 'T', body: 'B', urgency: 'high', priorityID: 'P1' };
    await send('pagerduty', options, { message: 'm', block }, 'SVC');
    expect(server.seen[0]).to.include({ method: 'POST', path: '/incidents' });
    expect(server.seen[0]!.headers).to.include({ authorization: 'Token token=t', from: 'me@x' });
    expect(body()).to.deep.equal({
      incident: {
        type: 'incident',
        title: 'T',
        service: { id: 'SVC', type: 'service_reference' },
        priority: { id: 'P1', type: 'priority_reference' },
        urgency: 'high',
        incident_key: id,
        body: { type: 'incident_body', details: 'B' },
      },
    });
  });

  it('pagerdutyv2: triggers an event', async () => {
    answering(202, { status: 'success' });
    const block = { summary: 's', severity: 'critical', source: 'web', component: '', url: 'https://x' };
    await send('pagerdutyv2', { apiUrl: server.url, serviceKeys: { ops: 'key' } }, { message: 'm', block });
    expect([server.seen[0]!.path, body()]).to.deep.equal([
      '/v2/enqueue',
      {
        routing_key: 'key',
        event_action: 'trigger',
        dedup_key: id,
        payload: { summary: 's', severity: 'critical', source: 'web' },
        client: 'ArgoCD',
        client_url: 'https://x',
      },
    ]);
  });

  it('grafana: writes an annotation with all tags', async () => {
    answering(200, {});
    const options = { apiUrl: `${server.url}/api`, apiKey: 'k', tags: 'c' };
    await send('grafana', options, { message: 'm', block: { tags: 'b' } }, 'a1|a2');
    expect(server.seen[0]!.path).to.equal('/api/annotations');
    expect(server.seen[0]!.headers.authorization).to.equal('Bearer k');
    expect(body()).to.deep.equal({ time: now, isRegion: false, tags: ['a1', 'a2', 'b', 'c'], text: 'm' });
  });

  it('discord: posts content and embeds, and reads how long to wait', async () => {
    answering(204);
    const options = { recipientUrls: { ops: server.url }, username: 'sluice' };
    await send('discord', options, { message: 'x'.repeat(3000), block: { embeds: '{"title":"t"}' } });
    expect(body()).to.deep.equal({ content: 'x'.repeat(2000), embeds: [{ title: 't' }], username: 'sluice' });
    answering(429, { retry_after: 0.75 });
    expect((await failure(try1('discord'))).retryAfterMs).to.equal(750);
  });

  describe('email', () => {
    const tls = {
      key: readFileSync('test/cases/tls/localhost.key.pem', 'utf8'),
      cert: readFileSync('test/cases/tls/localhost.crt.pem', 'utf8'),
    };
    const login = { user: 'u', pass: 'p' };
    let smtp: FakeSmtpServer;
    afterEach(() => smtp.stop());
    const options = (more: object = {}) => ({
      host: '127.0.0.1',
      port: smtp.port,
      from: 'sluice@x.example',
      ...more,
    });
    const mail = { message: 'fallback', block: { subject: 'Sü', body: 'the body' } };

    it('sends over STARTTLS with credentials', async () => {
      smtp = await FakeSmtpServer.start({ tls, login });
      const secured = options({ username: 'u', password: 'p', insecure_skip_verify: true });
      await send('email', secured, mail, 'ops@x.example');
      const [seen] = smtp.mails;
      expect(seen).to.deep.include({
        from: 'sluice@x.example',
        to: ['ops@x.example'],
        isEncrypted: true,
        user: 'u',
      });
      expect(seen!.data)
        .to.match(/Subject: =\?UTF-8\?/)
        .and.contain('the body');
      expect(seen!.data).to.contain(`Message-ID: <${id}@sluice>`).and.contain('text/plain');
    });

    it('sends HTML when asked, and the message where the template has no body', async () => {
      smtp = await FakeSmtpServer.start();
      await send('email', options({ html: true }), { message: '<b>hi</b>' }, 'ops@x.example, dev@x.example');
      expect(smtp.mails[0]!.to).to.deep.equal(['ops@x.example', 'dev@x.example']);
      expect(smtp.mails[0]!.data).to.contain('text/html').and.contain('<b>hi</b>');
    });

    it('trusts no certificate that nobody vouches for', async () => {
      smtp = await FakeSmtpServer.start({ tls });
      expect((await failure(send('email', options(), mail, 'a@x.example'))).code).to.equal(
        'NotifyUnavailable',
      );
      expect(smtp.mails).to.deep.equal([]);
    });

    it('tells apart what passes and what stays', async () => {
      smtp = await FakeSmtpServer.start({ login });
      const to = (more: object = {}) => failure(send('email', options(more), mail, 'a@x.example'));
      expect((await to({ username: 'u', password: 'wrong' })).code).to.equal('NotifyDenied');
      smtp.answers = { RCPT: '550 no such user' };
      expect((await to()).code).to.equal('NotifyInvalid');
      smtp.answers = { RCPT: '450 try later' };
      expect((await to()).code).to.equal('NotifyUnavailable');
      smtp.answers = { end: '452 full' };
      expect((await to()).code).to.equal('NotifyUnavailable');
      smtp.answers = { greeting: 'what?' };
      expect((await to()).code).to.equal('NotifyUnavailable');
    });
  });
});
