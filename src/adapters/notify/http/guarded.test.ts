import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { type AppError, toAppError } from '#ports/errors.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { notifiers } from '../index.js';
import type { AddressGuard } from './exchange.js';

class QueryFailure extends Error {
  override readonly name = 'QueryFailure';
}
const no = (host: string): QueryFailure => new QueryFailure(`${host} must not be asked`);

/** Lets nothing through but 127.0.0.1, under no name. */
const guard: AddressGuard = {
  check: (host) => {
    if (/^[\d.]+$|:/.test(host) && host !== '127.0.0.1') throw no(host);
  },
  lookup: (host, _options, done) => done(no(host), ''),
};

const clock = { now: () => instantOf(0), schedule: () => () => undefined };

/** Options with an address for each service that takes one. */
const addressed: Readonly<Record<string, (url: string) => object>> = {
  slack: (url) => ({ apiURL: url, token: 't' }),
  webhook: (url) => ({ url }),
  teams: (url) => ({ recipientUrls: { ops: url } }),
  'teams-workflows': (url) => ({ recipientUrls: { ops: url } }),
  discord: (url) => ({ recipientUrls: { ops: url } }),
  opsgenie: (url) => ({ apiUrl: url, apiKeys: { ops: 'k' } }),
  pagerduty: (url) => ({ apiUrl: url, token: 't', serviceID: 's', from: 'a@x.example' }),
  pagerdutyv2: (url) => ({ apiUrl: url, serviceKeys: { ops: 'k' } }),
  grafana: (url) => ({ apiUrl: url, apiKey: 'k' }),
};

describe('addresses that no message may go to', () => {
  const all = notifiers({ clock, guard });
  const send = async (type: string, url: string): Promise<AppError | undefined> => {
    const block = { description: 'd', summary: 's', severity: 'info', source: 's' };
    const request = {
      options: addressed[type]?.(url),
      recipient: 'ops',
      content: { message: 'm', block },
      id: 'i',
      signal: new AbortController().signal,
    };
    return await all
      .get(type)
      ?.send(request)
      .then(() => undefined, toAppError);
  };

  for (const type of Object.keys(addressed))
    for (const url of ['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://metadata.example']) {
      it(`${type} refuses ${url}, once and for all`, async () => {
        const failed = await send(type, url);
        expect([failed?.code, failed?.message]).to.deep.equal([
          'NotifyInvalid',
          `${type}: ${new URL(url).hostname.replace(/^\[|\]$/g, '')} must not be asked`,
        ]);
      });
    }

  it('a redirect does not lead there', async () => {
    const server = await FakeHttpServer.start();
    server.answer = (_, response) =>
      void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    try {
      expect((await send('webhook', server.url))?.message).to.equal(
        'webhook: 169.254.169.254 must not be asked',
      );
      expect(server.seen).to.have.length(1);
    } finally {
      await server.stop();
    }
  });
});
