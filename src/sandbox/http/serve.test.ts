import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import { createStore, type ApiStore } from '#sandbox/store/store.js';
import { serveStore, type ServedStore } from './serve.js';

const clock: Clock = { now: () => instantOf(1_767_225_600_000), schedule: () => () => undefined };

describe('the REST front', () => {
  let store: ApiStore;
  let served: ServedStore;
  beforeEach(async () => {
    store = createStore({
      clock,
      access: {
        authenticate: (token) => (token === 'guest' ? { username: 'guest' } : undefined),
        authorize: ({ verb }) => ({ allowed: verb !== 'create' }),
      },
    });
    served = await serveStore(store, { token: 'secret' });
  });
  afterEach(() => served.close());

  const ask = (path: string, token?: string, init: RequestInit = {}): Promise<Response> =>
    fetch(served.url + path, {
      ...init,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const maps = '/api/v1/namespaces/default/configmaps';

  it('demands its token, except for probes', async () => {
    expect((await ask('/api/v1/pods')).status).to.equal(401);
    expect((await ask('/api/v1/pods', 'wrong')).status).to.equal(401);
    expect((await ask('/api/v1/pods', 'secret')).status).to.equal(200);
    expect((await ask('/readyz')).status).to.equal(200);
  });

  it('asks who may do what for tokens of users', async () => {
    const body = JSON.stringify({ metadata: { name: 'a' } });
    expect((await ask(maps, 'guest')).status).to.equal(200);
    const refused = await ask(maps, 'guest', { method: 'POST', body });
    expect(refused.status).to.equal(403);
    expect(await refused.json()).to.include({
      reason: 'Forbidden',
      message:
        'configmaps is forbidden: User "guest" cannot create resource "configmaps" in API group "" in the namespace "default"',
    });
    expect((await ask(maps, 'secret', { method: 'POST', body })).status).to.equal(201);
  });

  it('answers unknown paths, methods and bodies with a Status', async () => {
    expect((await ask('/apis/none/v1/things', 'secret')).status).to.equal(404);
    expect((await ask('/nothing', 'secret')).status).to.equal(404);
    expect((await ask(maps, 'secret', { method: 'POST', body: '{' })).status).to.equal(400);
    expect((await ask(`${maps}/a`, 'secret', { method: 'PATCH', body: '{}' })).status).to.equal(415);
  });

  it('ends open watches when it closes', async () => {
    const watch = await ask(`${maps}?watch=1`, 'secret');
    const reading = watch.text().then(
      () => 'ended',
      () => 'ended',
    );
    await served.close();
    expect(await reading).to.equal('ended');
  });

  it('says when its port is taken', async () => {
    const port = Number(new URL(served.url).port);
    const thrown: unknown = await serveStore(store, { port }).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(AppError).and.to.have.property('code', 'PortInUse');
  });
});
