import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { createStore } from '#sandbox/store/store.js';
import { createLaggyKube } from '#test/fakes/laggy-kube.js';
import { createManualClock, settle } from '#test/fakes/manual-clock.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { createMetrics } from '../metrics/metrics.js';
import { createManager } from './manager.js';

const key = { kind: kinds.configMap, namespace: 'default', name: 'counter' };
const counter = (data: Record<string, string>): UnknownObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: 'counter' },
  data,
});

function world(electing = false, namespace?: string) {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const server = createStoreKube(createStore({ clock }));
  const kube = createLaggyKube(server);
  const lease = { kube: server, namespace: 'default', name: 'lock', identity: 'me' };
  const manager = createManager({
    kube,
    clock,
    log: createSilentLog(),
    metrics: createMetrics({ version: 'test', process: false }),
    component: 'test',
    ...(electing ? { leader: lease } : {}),
    ...(namespace === undefined ? {} : { namespace }),
  });
  return { clock, server, kube, manager };
}

/** Counts up to three, one write a pass, and notes what each pass saw. */
function addCounter({ manager }: ReturnType<typeof world>): string[] {
  const seen: string[] = [];
  const deps = manager.deps('counter');
  manager.add({
    name: 'counter',
    watches: [
      { kind: kinds.configMap, keysOf: ({ metadata: { name } }) => [{ namespace: 'default', name }] },
    ],
    reconcile: async () => {
      const object = deps.cache.get<UnknownObject & { data?: Record<string, string> }>(
        key.kind,
        'default',
        'counter',
      );
      const count = Number(object?.data?.['count'] ?? 0);
      seen.push(String(count));
      if (object === undefined || count >= 3) return {};
      const { resourceVersion } = object.metadata;
      const body = { metadata: { resourceVersion }, data: { count: String(count + 1) } };
      await deps.kube.patch(key, { type: 'merge', body });
      return {};
    },
  });
  return seen;
}

describe('manager', () => {
  it('reads its own writes while the watch lags: no pass sees an older count, no write conflicts', async () => {
    const here = world();
    await here.server.create(kinds.configMap, counter({ count: '0' }));
    const seen = addCounter(here);
    const started = here.manager.start();
    here.kube.hold();
    await started;
    await here.clock.advance(1000);
    expect(seen).to.deep.equal(['0', '1', '2', '3']);
    here.kube.release();
    await here.clock.advance(1000);
    // What the watch delivers late is known already and makes no pass.
    expect(seen).to.deep.equal(['0', '1', '2', '3']);
    await here.manager.stop();
  });

  it('passes nothing before it leads', async () => {
    const here = world(true);
    await here.server.create(kinds.configMap, counter({ count: '3' }));
    await here.server.create(kinds.lease, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'default', name: 'lock' },
      spec: { holderIdentity: 'other', leaseDurationSeconds: 15 },
    } as never);
    const seen = addCounter(here);
    await here.manager.start();
    await here.clock.advance(10_000);
    expect([here.manager.ready(), seen.length]).to.deep.equal([true, 0]);
    await here.clock.advance(10_000);
    expect(seen).to.deep.equal(['3']);
    await here.manager.stop();
  });

  it('opens one watch for all who ask for the same, and none for a kind that is not served', async () => {
    const { manager, clock, kube } = world();
    const opened: string[] = [];
    const watch = kube.watch.bind(kube);
    kube.watch = (kind, options) => (opened.push(kind.kind), watch(kind, options));
    const request = { controller: 'a', kind: kinds.configMap, keysOf: () => [] };
    manager.ensure(request);
    manager.ensure({ ...request, controller: 'b' });
    const view = manager.ensure({ ...request, kind: kinds.rollout });
    await manager.start();
    await settle();
    expect(opened.filter((kind) => kind === 'ConfigMap')).to.have.length(1);
    expect([view.hasSynced(), opened.includes('Rollout')]).to.deep.equal([true, false]);
    await manager.stop();
    expect(clock.pendingCount).to.equal(0);
  });

  it('is not ready without a kind that one can do without and another cannot', async () => {
    const { manager } = world();
    manager.follow({ kind: kinds.rollout, optional: true });
    manager.add({
      name: 'driver',
      watches: [{ kind: kinds.rollout, keysOf: () => [] }],
      reconcile: () => Promise.resolve({}),
    });
    void manager.start();
    await settle();
    expect(manager.ready()).to.equal(false);
    expect(manager.waitingFor().join()).to.match(/rollout/i);
    await manager.stop();
  });

  it('asks for nothing outside its namespace, and is ready without it', async () => {
    const { manager, kube } = world(false, 'default');
    const asked: string[] = [];
    const list = kube.list.bind(kube);
    kube.list = (kind, options) => (asked.push(`${kind.kind}/${options?.namespace}`), list(kind, options));
    for (const kind of [kinds.configMap, kinds.clusterAnalysisTemplate]) manager.follow({ kind });
    manager.follow({ kind: kinds.rollout, optional: true });
    await manager.start();
    await settle();
    expect(asked).to.deep.equal(['ConfigMap/default', 'Rollout/default']);
    expect(manager.deps('a').cache.list(kinds.clusterAnalysisTemplate)).to.deep.equal([]);
    await manager.stop();
  });

  it('follows one object of another namespace, and is ready without it when it may not read it', async () => {
    const { manager, kube, server } = world(false, 'default');
    const metadata = { name: 'system' };
    await server.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata });
    await server.create(kinds.configMap, {
      ...counter({}),
      metadata: { namespace: 'system', name: 'settings' },
    });
    const asked: string[] = [];
    const list = kube.list.bind(kube);
    kube.list = (kind, options) => {
      asked.push(`${options?.namespace} ${options?.fieldSelector}`);
      return kind.kind === 'Secret'
        ? Promise.reject(new AppError('KubeForbidden', 'no'))
        : list(kind, options);
    };
    const only = { namespace: 'system', name: 'settings' };
    manager.follow({ kind: kinds.configMap, only });
    manager.follow({ kind: kinds.secret, only });
    await manager.start();
    expect(asked).to.deep.equal(['system metadata.name=settings', 'system metadata.name=settings']);
    const { cache } = manager.deps('a');
    expect(cache.get(kinds.configMap, 'system', 'settings')?.metadata.name).to.equal('settings');
    expect([manager.ready(), cache.get(kinds.secret, 'system', 'settings')]).to.deep.equal([true, undefined]);
    await manager.stop();
  });

  it('stays ready when a watch that came later is refused', async () => {
    const { manager, kube } = world();
    const list = kube.list.bind(kube);
    kube.list = (kind, options) =>
      kind.kind === 'Secret' ? Promise.reject(new AppError('KubeForbidden', 'no')) : list(kind, options);
    manager.follow({ kind: kinds.configMap });
    await manager.start();
    const view = manager.ensure({ controller: 'a', kind: kinds.secret, keysOf: () => [] });
    await settle();
    expect([manager.ready(), view.hasSynced()]).to.deep.equal([true, false]);
    await manager.stop();
  });
});
