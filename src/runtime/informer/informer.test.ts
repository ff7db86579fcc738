import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import type { ObjectList } from '#ports/kube.js';
import { createManualClock, settle } from '#test/fakes/manual-clock.js';
import { configMap, createScriptedKube } from '#test/fakes/scripted-kube.js';
import { Informer, type InformerOptions } from './informer.js';

const page = (version: number, ...items: ObjectList['items']): ObjectList => ({
  items,
  resourceVersion: String(version),
});

async function start(answers: (ObjectList | AppError)[], options: Partial<InformerOptions> = {}) {
  const kube = createScriptedKube(...answers);
  const clock = createManualClock();
  const changes: string[] = [];
  const errors: string[] = [];
  const informer = new Informer({
    kube,
    clock,
    kind: kinds.configMap,
    random: () => 0.5,
    onChange: ({ old, object }) => {
      const name = (object ?? old)?.metadata.name ?? '';
      const version = object?.metadata.resourceVersion ?? 'gone';
      changes.push(`${name}@${version}`);
    },
    onError: (error) => errors.push(error.code),
    ...options,
  });
  informer.start();
  await settle();
  return { kube, clock, informer, changes, errors };
}

const gone410 = { type: 'ERROR', code: 410, message: 'too old resource version' } as const;

describe('informer', () => {
  it('lists page by page, then watches from the version of the list', async () => {
    const first = { ...page(5, configMap('a', 1)), continue: 'next' };
    const { kube, informer, changes } = await start([first, page(5, configMap('b', 2))]);
    expect(kube.lists.map((list) => list.continue)).to.deep.equal([undefined, 'next']);
    expect(changes).to.deep.equal(['a@1', 'b@2']);
    expect(informer.hasSynced()).to.equal(true);
    expect(kube.watches[0]?.options.resourceVersion).to.equal('5');
  });

  it('resumes from the last version, bookmarks included, when the server ends the stream', async () => {
    const { kube, clock } = await start([page(5)]);
    kube.watches[0]?.send({ type: 'ADDED', object: configMap('a', 7) });
    kube.watches[0]?.send({ type: 'BOOKMARK', resourceVersion: '90' });
    await clock.advance(2000);
    kube.watches[0]?.end();
    await settle();
    expect(kube.watches[1]?.options.resourceVersion).to.equal('90');
    expect(kube.lists).to.have.length(1);
  });

  it('waits before it reopens a stream that ended at once', async () => {
    const { kube, clock } = await start([page(5)]);
    kube.watches[0]?.end();
    await settle();
    expect(kube.watches).to.have.length(1);
    await clock.advance(500);
    expect(kube.watches).to.have.length(2);
  });

  it('lists anew on a 410 in the stream and tells what has gone meanwhile', async () => {
    const { kube, changes } = await start([
      page(5, configMap('a', 1), configMap('b', 2)),
      page(9, configMap('b', 8)),
    ]);
    kube.watches[0]?.send(gone410);
    await settle();
    expect(changes).to.deep.equal(['a@1', 'b@2', 'b@8', 'a@gone']);
    expect(kube.watches[1]?.options.resourceVersion).to.equal('9');
    expect(kube.watches[0]?.options.signal.aborted).to.equal(true);
  });

  it('lists anew on a 410 as an answer, and backs off when it comes twice in a row', async () => {
    const { kube, clock } = await start([page(5)]);
    kube.watches[0]?.break(new AppError('KubeGone', 'too old'));
    await settle();
    expect(kube.lists).to.have.length(2);
    kube.watches[1]?.break(new AppError('KubeGone', 'too old'));
    await settle();
    expect(kube.lists).to.have.length(2);
    await clock.advance(1000);
    expect(kube.lists).to.have.length(3);
  });

  it('watches again from the same version after a broken connection, with growing jittered waits', async () => {
    const { kube, clock, errors } = await start([page(5)]);
    for (const ms of [375, 750, 1500]) {
      kube.watches.at(-1)?.break(new AppError('KubeUnreachable', 'reset'));
      await clock.advance(ms - 1);
      const before = kube.watches.length;
      await clock.advance(1);
      expect(kube.watches).to.have.length(before + 1);
    }
    expect(kube.watches.at(-1)?.options.resourceVersion).to.equal('5');
    expect(errors).to.deep.equal(['KubeUnreachable', 'KubeUnreachable', 'KubeUnreachable']);
  });

  it('cuts a stream that is silent for longer than its own timeout', async () => {
    const { kube, clock } = await start([page(5)]);
    expect(kube.watches[0]?.options.timeoutSeconds).to.equal(290);
    await clock.advance(294_999);
    expect(kube.watches).to.have.length(1);
    await clock.advance(1);
    expect(kube.watches[0]?.options.signal.aborted).to.equal(true);
    expect(kube.watches).to.have.length(2);
  });

  it('keeps what it knew while the list fails, and says that it failed', async () => {
    const down = new AppError('KubeUnavailable', 'down');
    const { kube, clock, informer, errors } = await start([
      page(5, configMap('a', 1)),
      down,
      page(9, configMap('a', 1)),
    ]);
    kube.watches[0]?.send(gone410);
    await settle();
    expect(errors).to.deep.equal(['KubeUnavailable']);
    expect(informer.get('shop', 'a')).to.not.equal(undefined);
    await clock.advance(30_000);
    expect(kube.watches).to.have.length(2);
  });

  it('is empty and in sync while an optional kind is not served, and fills when it is', async () => {
    const missing = new AppError('KubeNoSuchKind', 'not served');
    const { kube, informer, changes, errors } = await start([missing, page(5, configMap('a', 1))], {
      optional: true,
    });
    expect([informer.hasSynced(), informer.isAbsent(), errors.length]).to.deep.equal([true, true, 0]);
    informer.retryAbsent();
    await settle();
    expect(changes).to.deep.equal(['a@1']);
    kube.watches[0]?.break(missing);
    await settle();
    expect(changes).to.deep.equal(['a@1', 'a@gone']);
  });

  it('looks for a kind that must be served for half a minute, then when it is told to', async () => {
    const missing = () => new AppError('KubeNoSuchKind', 'not here');
    const answers = [...Array.from({ length: 7 }, missing), page(5, configMap('a', 1))];
    const { kube, clock, informer } = await start(answers);
    await clock.advance(60_000);
    expect([kube.lists.length, informer.isMissing(), informer.hasSynced()]).to.deep.equal([7, true, false]);
    await clock.advance(300_000);
    expect(kube.lists).to.have.length(7);
    informer.retryAbsent();
    await settle();
    expect([informer.hasSynced(), informer.isMissing(), informer.size]).to.deep.equal([true, false, 1]);
  });

  it('drops managedFields, projects, and freezes what it keeps', async () => {
    const raw = { ...configMap('a', 1, { managedFields: [{ manager: 'x' }] }), data: { a: 'b' }, spare: 1 };
    const { informer } = await start([page(5, raw)], {
      project: ({ spare: _spare, ...rest }) => rest,
    });
    const kept = informer.get('shop', 'a');
    expect(kept).to.deep.equal({ ...configMap('a', 1), data: { a: 'b' } });
    expect(Object.isFrozen(kept?.metadata)).to.equal(true);
  });

  it('keeps one spec for all versions between which it did not change', async () => {
    const kind = kinds.rollout;
    const version = (resourceVersion: number, generation: number, more = {}) => ({
      ...configMap('a', resourceVersion, { generation, ...more }),
      spec: { replicas: 1 },
    });
    const { informer, kube } = await start([page(5, version(1, 1))], { kind });
    const specOf = () => informer.get('shop', 'a')?.['spec'];
    const first = specOf();
    kube.watches[0]?.send({ type: 'MODIFIED', object: version(6, 1) });
    await settle();
    expect(specOf()).to.equal(first);
    kube.watches[0]?.send({ type: 'MODIFIED', object: version(7, 2) });
    await settle();
    const second = specOf();
    expect(second).not.to.equal(first);
    kube.watches[0]?.send({ type: 'MODIFIED', object: version(8, 2, { uid: 'another' }) });
    await settle();
    expect(specOf()).not.to.equal(second);
  });

  it('finds by namespace, owner and label, sorted', async () => {
    const owned = {
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'o1', controller: true }],
    };
    const { informer, kube } = await start([
      page(
        5,
        configMap('b', 1, { ...owned, labels: { app: 'web' } }),
        configMap('a', 2, { labels: { app: 'web' } }),
      ),
    ]);
    const names = (query: Parameters<Informer['list']>[0]) =>
      informer.list(query).map((o) => o.metadata.name);
    expect(names({})).to.deep.equal(['a', 'b']);
    expect(names({ ownerUid: 'o1' })).to.deep.equal(['b']);
    expect(names({ labels: { app: 'web' }, namespace: 'shop' })).to.deep.equal(['a', 'b']);
    kube.watches[0]?.send({ type: 'MODIFIED', object: configMap('b', 9, { labels: { app: 'api' } }) });
    await settle();
    expect(names({ labels: { app: 'web' } })).to.deep.equal(['a']);
    expect(names({ labels: { app: 'api' } })).to.deep.equal(['b']);
    expect(names({ ownerUid: 'o1' })).to.deep.equal([]);
  });

  it('leaves no timer and no stream behind when it is stopped', async () => {
    const { kube, clock, informer } = await start([page(5)]);
    informer.stop();
    await settle();
    expect(kube.watches[0]?.options.signal.aborted).to.equal(true);
    expect(clock.pendingCount).to.equal(0);
  });
});
