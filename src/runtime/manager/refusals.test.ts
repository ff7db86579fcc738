import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { createStore } from '#sandbox/store/store.js';
import { createManualClock, settle } from '#test/fakes/manual-clock.js';
import type { Log } from '#ports/log.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { createMetrics } from '../metrics/metrics.js';
import { createManager } from './manager.js';

const mayNot = (kind: Kind): AppError =>
  new AppError('KubeForbidden', `${kind.plural}: cannot list resource "${kind.plural}"`);

/** Two controllers, of ConfigMaps and of Secrets, over an API server that may be read but for `refused`. */
async function world(...refused: readonly Kind[]) {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const server = createStoreKube(createStore({ clock }));
  const closed = new Set(refused);
  const warned: string[] = [];
  const log: Log = { ...createSilentLog(), warn: (message) => void warned.push(message), with: () => log };
  const kube: typeof server = Object.assign(Object.create(server), {
    list: (kind: Kind, options: Parameters<typeof server.list>[1]) =>
      closed.has(kind) ? Promise.reject(mayNot(kind)) : server.list(kind, options),
  });
  const manager = createManager({
    kube,
    clock,
    log,
    metrics: createMetrics({ version: 'test', process: false }),
    component: 'test',
  });
  const passes: string[] = [];
  for (const [name, kind, isJudgedByPass] of [
    ['maps', kinds.configMap, false],
    ['lenient', kinds.configMap, true],
    ['secrets', kinds.secret, false],
  ] as const) {
    manager.add({
      name,
      watches: [
        { kind: kinds.service, keysOf: ({ metadata }) => [{ namespace: 'default', name: metadata.name }] },
        { kind, isJudgedByPass, keysOf: () => [] },
      ],
      reconcile: (key) => Promise.resolve(void passes.push(`${name} ${key.name}`)).then(() => ({})),
    });
  }
  // One that can do without its kind does nothing without the others.
  manager.add({
    name: 'beside',
    watches: [{ kind: kinds.alert, optional: true, keysOf: () => [] }],
    reconcile: () => Promise.resolve({}),
  });
  const metadata = { namespace: 'default', name: 'web' };
  await server.create(kinds.service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ port: 80 }] },
  } as never);
  void manager.start();
  await settle();
  return { clock, manager, passes, allow: () => closed.clear(), warned };
}

describe('a process without a right', () => {
  it('works with all else, and each pass that needs the kind fails with what is missing', async () => {
    const { manager, passes, clock, allow, warned } = await world(kinds.configMap);
    expect(manager.ready()).to.equal(true);
    expect(passes.toSorted()).to.deep.equal(['lenient web', 'secrets web']);
    expect(manager.deps('maps').cache.refusalOf?.(kinds.configMap)?.message).to.match(/cannot list/);
    await clock.advance(300_000);
    expect(warned, 'said once').to.deep.equal(['watch failed', 'reconcile failed']);

    allow();
    await clock.advance(31_000);
    expect(passes).to.include('maps web');
    expect(manager.deps('maps').cache.refusalOf?.(kinds.configMap)).to.equal(undefined);
    await manager.stop();
  });

  it('is not ready while nothing can be done, and says why', async () => {
    const { manager, passes, clock, allow } = await world(kinds.service);
    expect([manager.ready(), passes, manager.waitingFor()]).to.deep.equal([
      false,
      [],
      ['services: cannot list resource "services"'],
    ]);
    allow();
    await clock.advance(31_000);
    expect([manager.ready(), passes.length]).to.deep.equal([true, 3]);
    await manager.stop();
  });
});
