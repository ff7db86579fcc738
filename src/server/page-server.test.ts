import { request } from 'node:http';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { startFixture, fixtureKey, type Fixture } from '#test/ui/fixture.js';
import { putAll, putHealthy, putPaused } from '#test/ui/stories.js';
import type { PageAuth } from './options.js';

const checkout = { namespace: 'shop', name: 'checkout' };

describe('the page server', () => {
  const open: Fixture[] = [];
  afterEach(async () => {
    for (const { server } of open.splice(0)) await server.close();
  });

  async function serve(auth?: PageAuth, fill = putAll): Promise<Fixture> {
    const fixture = await startFixture('/absent', fill, auth);
    open.push(fixture);
    return fixture;
  }

  function call({ server }: Fixture, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${fixtureKey}`, ...(init.headers as Record<string, string>) };
    return fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, headers });
  }

  function post(
    fixture: Fixture,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const all = { 'content-type': 'application/json', 'x-sluice': '1', ...headers };
    return call(fixture, path, { method: 'POST', body: JSON.stringify(body), headers: all });
  }

  function actOn({ world }: Fixture, more: Record<string, unknown> = {}): Record<string, unknown> {
    const rollout = world.get(kinds.rollout, checkout.namespace, checkout.name);
    return {
      verb: 'abort',
      object: checkout,
      uid: rollout?.metadata.uid,
      resourceVersion: '1',
      step: 3,
      requestId: 'request-1',
      ...more,
    };
  }

  it('answers rows only to the key, and only to a loopback host', async () => {
    const fixture = await serve();
    expect(
      (await call(fixture, '/api/rows', { headers: { authorization: 'Bearer wrong' } })).status,
    ).to.equal(401);
    const answer = await call(fixture, '/api/rows');
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const { rows } = (await answer.json()) as { rows: { name: string }[] };
    expect(rows).to.have.length(8);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example:80', authorization: `Bearer ${fixtureKey}` };
      request({ port: fixture.server.port, host: '127.0.0.1', path: '/api/rows', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).to.equal(421);
  });

  it('sends the whole content policy with every answer', async () => {
    const { headers } = await call(await serve(), '/api/absent');
    expect(headers.get('content-security-policy')).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types sluice",
    );
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('referrer-policy')).to.equal('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).to.equal('same-origin');
    expect(headers.get('access-control-allow-origin')).to.equal(null);
  });

  it('refuses a forged act: no marker header, a foreign origin, another content type', async () => {
    const fixture = await serve();
    const statuses = [
      await post(fixture, '/api/act', actOn(fixture), { 'x-sluice': '0' }),
      await post(fixture, '/api/act', actOn(fixture), { origin: 'http://evil.example' }),
      await post(fixture, '/api/act', actOn(fixture), { 'sec-fetch-site': 'cross-site' }),
      await post(fixture, '/api/act', actOn(fixture), { 'content-type': 'text/plain' }),
    ].map((response) => response.status);
    expect(statuses).to.deep.equal([403, 403, 403, 403]);
  });

  it('writes an act once however often it is sent', async () => {
    const fixture = await serve();
    const first = await post(fixture, '/api/act', actOn(fixture));
    const second = await post(fixture, '/api/act', actOn(fixture));
    expect([first.status, second.status]).to.deep.equal([202, 202]);
    expect(await first.text()).to.equal(await second.text());
    const acts = fixture.world.cache
      .list(kinds.event, { namespace: 'shop' })
      .filter((event) => String(event['message']).startsWith('ann asked for abort'));
    expect(acts).to.have.length(1);
  });

  it('says in a conflict what is different now', async () => {
    const fixture = await serve();
    const moved = await post(fixture, '/api/act', actOn(fixture, { step: 1 }));
    expect(moved.status).to.equal(409);
    const body = (await moved.json()) as { message: string; detail: { row: { name: string } } };
    expect(body.message).to.equal('it moved on since you opened this: step 2 → step 4');
    expect(body.detail.row.name).to.equal('checkout');
    const replaced = await post(fixture, '/api/act', actOn(fixture, { uid: 'old', requestId: 'request-2' }));
    expect(replaced.status).to.equal(409);
    const idle = await post(fixture, '/api/act', actOn(fixture, { verb: 'retry', requestId: 'request-3' }));
    expect(((await idle.json()) as { message: string }).message).to.match(/not aborted/);
  });

  it('holds back who acts more than twenty times a minute', async () => {
    const fixture = await serve();
    const statuses: number[] = [];
    for (let i = 0; i < 21; i += 1)
      statuses.push(
        (await post(fixture, '/api/act', actOn(fixture, { verb: 'retry', requestId: `request-${i}` })))
          .status,
      );
    expect(statuses.at(-1)).to.equal(429);
  });

  it('signs in with a token, shows only what its user may see, and names a missing right', async () => {
    const fixture = await serve({ mode: 'token' }, (world) => {
      putPaused(world);
      putHealthy(world, 'secret', 'elsewhere');
    });
    const origin = `http://127.0.0.1:${fixture.server.port}`;
    const without = { authorization: '' };
    expect((await call(fixture, '/api/rows', { headers: without })).status).to.equal(401);
    const signedIn = await post(fixture, '/api/signin', { token: 'good' }, { ...without, origin });
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(cookie).to.match(
      /^__Host-sluice=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=\d+$/,
    );
    const session = { ...without, cookie: cookie.split(';')[0] ?? '' };
    const rows = (await (await call(fixture, '/api/rows', { headers: session })).json()) as {
      hidden: boolean;
      rows: { name: string; can: string[] }[];
    };
    expect(rows.rows.map((row) => row.name)).to.deep.equal(['checkout']);
    expect(rows.hidden).to.equal(true);
    expect(rows.rows[0]?.can).not.to.include('undo');
    expect((await call(fixture, '/api/rollouts/elsewhere/secret', { headers: session })).status).to.equal(
      404,
    );
    const undo = await post(fixture, '/api/act', actOn(fixture, { verb: 'undo' }), { ...session, origin });
    expect(undo.status).to.equal(403);
    expect(((await undo.json()) as { missing: string }).missing).to.equal(
      'undo on rollouts.argoproj.io in namespace shop',
    );
    const riding = await post(fixture, '/api/act', actOn(fixture), session);
    expect(riding.status).to.equal(403);
  });

  it('streams what changed after a number, and asks for a new start after an unknown one', async () => {
    const fixture = await serve();
    const { seq } = (await (await call(fixture, '/api/rows')).json()) as { seq: number };
    const known = await readEvents(
      await call(fixture, `/api/stream?since=${seq}&topics=rows`),
      ['beat', 'row'],
      () => putHealthy(fixture.world, 'fresh'),
    );
    expect(known).to.deep.equal(['beat', 'row']);
    expect(await readEvents(await call(fixture, '/api/stream?since=7'), ['beat', 'resync'])).to.include(
      'resync',
    );
  });

  it('names the port when it is taken, and refuses an address that does not fit', async () => {
    const { server } = await serve();
    const again = await startFixture('/absent', putAll, undefined, server.port).catch(
      (thrown: unknown) => thrown,
    );
    expect(again).to.be.instanceOf(AppError);
    expect((again as AppError).code).to.equal('PortInUse');
    expect((again as AppError).message).to.contain(String(server.port));
  });

  it('says that the page was not built instead of an empty answer', async () => {
    const answer = await call(await serve(), '/rollouts');
    expect(answer.status).to.equal(503);
    expect(await answer.text()).to.contain('make ui');
  });
});

/** Types of the stream's events until each wanted one has come. */
async function readEvents(
  response: Response,
  wanted: readonly string[],
  whenOpen?: () => void,
): Promise<string[]> {
  const reader = response.body?.getReader();
  const seen: string[] = [];
  if (reader === undefined) return seen;
  let isTold = false;
  while (!wanted.every((type) => seen.includes(type))) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const match of new TextDecoder().decode(value).matchAll(/^event: (\w+)$/gm))
      seen.push(match[1] ?? '');
    if (!isTold) whenOpen?.();
    isTold = true;
  }
  await reader.cancel();
  return seen;
}
