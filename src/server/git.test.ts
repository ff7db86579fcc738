import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { GitDetailAnswer, GitRowsAnswer } from '#core/view/wire/git.js';
import { commits, putGit, putSource } from '#test/ui/git-scenes.js';
import { fixtureKey, startFixture, type Fixture } from '#test/ui/fixture.js';
import { putHealthy } from '#test/ui/stories.js';
import type { World } from '#test/ui/world.js';
import type { PageAuth } from './options.js';

const payments = { kind: 'Kustomization', namespace: 'shop', name: 'payments' };

describe('the page server about Git', () => {
  const open: Fixture[] = [];
  afterEach(async () => {
    for (const { server } of open.splice(0)) await server.close();
  });

  async function serve(fill: (world: World) => void = putGit, auth?: PageAuth): Promise<Fixture> {
    const fixture = await startFixture('/absent', fill, auth);
    open.push(fixture);
    return fixture;
  }

  function call(
    { server }: Fixture,
    path: string,
    init: RequestInit = {},
    key = fixtureKey,
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) };
    return fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, headers });
  }

  function act(fixture: Fixture, more: Record<string, unknown> = {}, key?: string): Promise<Response> {
    const uid = fixture.world.get(kinds.kustomization, 'shop', 'payments')?.metadata.uid;
    const body = {
      verb: 'reconcile',
      object: payments,
      uid,
      resourceVersion: '1',
      requestId: 'request-1',
      ...more,
    };
    const headers = { 'content-type': 'application/json', 'x-sluice': '1' };
    return call(fixture, '/api/act', { method: 'POST', body: JSON.stringify(body), headers }, key);
  }

  const rows = async (fixture: Fixture, key?: string): Promise<GitRowsAnswer> =>
    (await (await call(fixture, '/api/git', {}, key)).json()) as GitRowsAnswer;

  it('answers from watches alone: not one request for any of them, and nothing of a Secret', async () => {
    const fixture = await serve();
    const { kube } = fixture.world;
    const asked: string[] = [];
    for (const verb of ['get', 'list', 'resolve'] as const)
      Object.assign(kube, { [verb]: () => Promise.reject(new Error(asked.push(verb).toString())) });
    const answer = await rows(fixture);
    expect(answer.rows.map(({ name }) => name)).to.have.members([
      'shop-repo',
      'infra',
      'payments',
      'reports',
      'batch',
    ]);
    const response = await call(fixture, '/api/git/Kustomization/shop/payments');
    const { detail } = (await response.json()) as GitDetailAnswer;
    expect(detail.around.map(({ name }) => name)).to.deep.equal(['shop-repo', 'infra', 'reports']);
    expect(detail.drift).to.have.length(1);
    const source = await (await call(fixture, '/api/git/GitRepository/shop/shop-repo')).text();
    expect(source).to.contain('https://***@git.example.com').and.not.to.contain('hunter2');
    expect(asked).to.deep.equal([]);
  });

  it('does not tell what is missing from what may not be seen', async () => {
    const fixture = await serve(
      (world) => {
        putGit(world);
        putHealthy(world, 'other', 'elsewhere');
        world.put(kinds.kustomization, {
          apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
          kind: 'Kustomization',
          metadata: { name: 'hidden', namespace: 'elsewhere' },
        });
      },
      { mode: 'token' },
    );
    const answer = await rows(fixture, 'good');
    expect(answer.hidden).to.equal(true);
    expect(answer.rows.map(({ name }) => name)).not.to.include('hidden');
    const shape = async (path: string) => {
      const response = await call(fixture, path, {}, 'good');
      const { message } = (await response.json()) as { message: string };
      return [response.status, message.replace(/\S+ does/, 'X does')];
    };
    const hidden = await shape('/api/git/Kustomization/elsewhere/hidden');
    expect(hidden).to.deep.equal(await shape('/api/git/Kustomization/shop/absent'));
    expect(hidden[0]).to.equal(404);
    const unknown = await call(fixture, '/api/git/Pod/shop/x', {}, 'good');
    expect(unknown.status).to.equal(404);
  });

  it('hides the state of Rollouts in namespaces that are not the viewer’s', async () => {
    const fixture = await serve(
      (world) => {
        putHealthy(world, 'far', 'elsewhere');
        world.put(kinds.kustomization, {
          apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
          kind: 'Kustomization',
          metadata: { name: 'app', namespace: 'shop' },
          status: { inventory: { entries: [{ id: 'elsewhere_far_argoproj.io_Rollout', v: 'v1alpha1' }] } },
        } as never);
      },
      { mode: 'token' },
    );
    const [row] = (await rows(fixture, 'good')).rows;
    expect(row?.rollouts).to.deep.equal([
      { namespace: 'elsewhere', name: 'far', mark: 'off', text: 'not yours to see' },
    ]);
  });

  it('carries out an act once, under the same guards as those on Rollouts', async () => {
    const fixture = await serve();
    const first = await act(fixture);
    expect([first.status, (await act(fixture)).status]).to.deep.equal([202, 202]);
    const live = fixture.world.get(kinds.kustomization, 'shop', 'payments');
    expect(live?.metadata.annotations).to.have.property('reconcile.fluxcd.io/requestedAt');
    const events = fixture.world.cache.list(kinds.event, { namespace: 'shop' });
    expect(
      events.filter(({ message }) => String(message).startsWith('ann asked for reconcile')),
    ).to.have.length(1);
    const replaced = await act(fixture, { uid: 'old', requestId: 'request-2' });
    expect(replaced.status).to.equal(409);
    const idle = await act(fixture, { verb: 'resume', requestId: 'request-3' });
    expect([idle.status, ((await idle.json()) as { message: string }).message]).to.deep.equal([
      409,
      'it is not suspended',
    ]);
    expect((await act(fixture, { verb: 'promote', requestId: 'request-4' })).status).to.equal(400);
    const absent = { ...payments, name: 'absent' };
    expect((await act(fixture, { object: absent, requestId: 'request-5' })).status).to.equal(404);
    const forged = await call(fixture, '/api/act', { method: 'POST', body: '{}' });
    expect(forged.status).to.equal(403);
  });

  it('names the right that an act lacks', async () => {
    const fixture = await serve(putGit, { mode: 'token' });
    const answer = await act(fixture, { verb: 'suspend' }, 'good');
    expect(answer.status).to.equal(403);
    expect(((await answer.json()) as { missing: string }).missing).to.equal(
      'suspend on kustomizations.kustomize.toolkit.fluxcd.io in namespace shop',
    );
  });

  it('streams rows of Git to those who ask, and the detail again when its source moves', async () => {
    const fixture = await serve();
    const { seq } = await rows(fixture);
    const topics = encodeURIComponent('rows,git,git:Kustomization/shop/infra');
    const response = await call(fixture, `/api/stream?since=${seq}&topics=${topics}`);
    if (response.body === null) throw new Error('no stream');
    const reader = response.body.getReader();
    const seen = new Set<string>();
    let isMoved = false;
    while (!['beat', 'gitRow', 'gitDetail'].every((type) => seen.has(type))) {
      const { value } = await reader.read();
      for (const [, type = ''] of new TextDecoder().decode(value).matchAll(/^event: (\w+)$/gm))
        seen.add(type);
      if (!isMoved) putSource(fixture.world, 'shop-repo', commits.new);
      isMoved = true;
    }
    await reader.cancel();
    expect(seen.has('gitDetail')).to.equal(true);
  });

  it('says why nothing can be told when Kustomizations may not be read', async () => {
    const fixture = await serve((world) => {
      Object.assign(world.cache, { refusalOf: () => new Error('kustomizations: forbidden') });
    });
    expect((await rows(fixture)).refused).to.equal('kustomizations: forbidden');
  });
});
