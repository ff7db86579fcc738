import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { createStore } from '#sandbox/store/store.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import type { Lease } from './election.js';
import { Elector } from './elector.js';
import { leadingKube } from './leading-kube.js';

const key = { kind: kinds.lease, namespace: 'default', name: 'lock' };

function world() {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const store = createStore({ clock });
  const kube = createStoreKube(store);
  const candidate = (identity: string, own: Kube = kube) => {
    const told: string[] = [];
    const elector = new Elector({
      kube: own,
      clock,
      log: createSilentLog(),
      namespace: key.namespace,
      name: key.name,
      identity,
      random: () => 0.5,
      onElected: () => told.push('elected'),
      onDeposed: () => told.push('deposed'),
    });
    elector.start();
    return { elector, told };
  };
  const holder = async () => (await kube.get<Lease>(key))?.spec;
  return { clock, kube, candidate, holder };
}

/** The same server, which can be cut off. */
function cuttable(kube: Kube): Kube & { isCut: boolean } {
  const check = () => {
    if (cut.isCut) throw new AppError('KubeUnreachable', 'cut off');
  };
  const cut: Kube & { isCut: boolean } = {
    ...kube,
    isCut: false,
    get: async (k) => (check(), kube.get(k)),
    update: async (k, object, options) => (check(), kube.update(k, object, options)),
  };
  return cut;
}

describe('leader election', () => {
  it('takes a free lease, renews it every two seconds, and keeps others out', async () => {
    const { clock, candidate, holder } = world();
    const a = candidate('a');
    await clock.advance(0);
    const b = candidate('b');
    await clock.advance(60_000);
    expect([a.told, b.told]).to.deep.equal([['elected'], []]);
    expect(await holder()).to.deep.include({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:01:00.000000Z',
      leaseTransitions: 0,
    });
  });

  it('renews with one request, and reads the lease again after somebody else wrote it', async () => {
    const { clock, kube, candidate } = world();
    const asked: string[] = [];
    const counted: Kube = {
      ...kube,
      get: (k) => (asked.push('get'), kube.get(k)),
      update: (k, object, options) => (asked.push('update'), kube.update(k, object, options)),
    };
    const { told } = candidate('a', counted);
    await clock.advance(0);
    asked.splice(0);
    await clock.advance(60_000);
    expect(asked).to.deep.equal(Array.from({ length: 30 }, () => 'update'));
    await kube.patch(key, { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } });
    asked.splice(0);
    await clock.advance(4000);
    expect(asked).to.deep.equal(['update', 'get', 'update', 'update']);
    await kube.patch(key, { type: 'merge', body: { spec: { holderIdentity: 'thief' } } });
    await clock.advance(2000);
    expect(told).to.deep.equal(['elected', 'deposed']);
  });

  it('hands the lease over at once when its holder stops', async () => {
    const { clock, candidate, holder } = world();
    const a = candidate('a');
    await clock.advance(0);
    const b = candidate('b');
    await clock.advance(4000);
    await a.elector.stop();
    expect((await holder())?.holderIdentity).to.equal('');
    expect(a.elector.isLeading()).to.equal(false);
    await clock.advance(2200);
    expect(b.told).to.deep.equal(['elected']);
    expect(await holder()).to.deep.include({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('waits the whole duration, by its own clock, after a holder that has died', async () => {
    const { clock, kube, candidate } = world();
    const dead = cuttable(kube);
    const a = candidate('a', dead);
    await clock.advance(0);
    dead.isCut = true;
    const b = candidate('b');
    await clock.advance(14_000);
    expect(b.told).to.deep.equal([]);
    await clock.advance(4000);
    expect(b.told).to.deep.equal(['elected']);
    expect(a.told).to.deep.equal(['elected', 'deposed']);
  });

  it('stops writing before another may begin, whatever moment it is cut off at', async () => {
    for (const cutAfterMs of [0, 500, 1999, 2000, 7300]) {
      const { clock, kube, candidate } = world();
      const cut = cuttable(kube);
      const a = candidate('a', cut);
      await clock.advance(0);
      const b = candidate('b');
      await clock.advance(cutAfterMs);
      cut.isCut = true;
      for (let ms = 0; ms < 30_000; ms += 100) {
        await clock.advance(100);
        expect(a.elector.isLeading() && b.elector.isLeading(), `both lead, cut at ${cutAfterMs}`).to.equal(
          false,
        );
      }
      expect(b.elector.isLeading()).to.equal(true);
    }
  });

  it('is not deposed by an outage that is shorter than the deadline', async () => {
    const { clock, kube, candidate } = world();
    const cut = cuttable(kube);
    const a = candidate('a', cut);
    await clock.advance(4000);
    cut.isCut = true;
    await clock.advance(7000);
    cut.isCut = false;
    await clock.advance(60_000);
    expect(a.told).to.deep.equal(['elected']);
  });

  it('refuses writes the moment the lease may be another’s, and lets reads pass', async () => {
    const { clock, kube, candidate } = world();
    const cut = cuttable(kube);
    const { elector } = candidate('a', cut);
    const guarded = leadingKube(kube, () => elector.isLeading());
    const write = () =>
      guarded.patch(
        { kind: kinds.configMap, namespace: 'default', name: 'x' },
        { type: 'apply', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } } },
      );
    await clock.advance(0);
    await write();
    cut.isCut = true;
    await clock.advance(9999);
    await write();
    await clock.advance(1);
    const error: unknown = await write().catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'NotLeader', class: 'Cancelled' });
    expect(await guarded.get({ kind: kinds.configMap, namespace: 'default', name: 'x' })).to.not.equal(
      undefined,
    );
  });

  it('lets one of two win a race for a lease that does not exist', async () => {
    const { clock, candidate } = world();
    const both = [candidate('a'), candidate('b')];
    await clock.advance(0);
    expect(both.flatMap(({ told }) => told)).to.deep.equal(['elected']);
  });
});
