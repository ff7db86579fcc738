import { expect } from 'chai';
import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { type Kind, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { ControllerDefinition, ReconcileKey } from '#runtime/controller/definition.js';
import { createStoreKube } from '../kube/store-kube.js';
import { createStore } from '../store/store.js';
import { createEngine, type EngineOptions } from './engine.js';
import { createRealClock } from '#runtime/clock.js';
import { createStoreFeed } from './store-feed.js';
import { createVirtualClock } from './virtual-clock.js';

const namespace = 'default';
const start = instantOf(Date.UTC(2026, 0, 1));
const watchMaps = {
  kind: kinds.configMap,
  keysOf: ({ metadata }: KubeObject): ReconcileKey[] => [{ namespace, name: metadata.name }],
};

function map(name: string, data: Record<string, string> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}

function world(options: Partial<EngineOptions> = {}) {
  const clock = createVirtualClock(start);
  const store = createStore({ clock });
  const kube = createStoreKube(store);
  const failures: string[] = [];
  const engine = createEngine({
    feed: createStoreFeed(store),
    clock,
    onError: ({ error }) => failures.push(error.code),
    ...options,
  });
  return { clock, store, kube, engine, failures };
}

/** A controller over ConfigMaps that notes when it ran. */
function noting(
  at: () => number,
  pass: (key: ReconcileKey, count: number) => Promise<{ requeueAt?: ReturnType<typeof addMs> }>,
): { readonly definition: ControllerDefinition; readonly passes: string[] } {
  const passes: string[] = [];
  return {
    passes,
    definition: {
      name: 'noting',
      watches: [watchMaps],
      reconcile: (key) => {
        passes.push(`${key.name}@${(at() - start) / 1000}`);
        return pass(key, passes.length);
      },
    },
  };
}

describe('engine in virtual time', () => {
  it('runs a key for what there is, for each change, and at the moment it asked for', async () => {
    const { clock, kube, engine } = world();
    await kube.create(kinds.configMap, map('b'));
    await kube.create(kinds.configMap, map('a'));
    const { definition, passes } = noting(
      () => clock.now(),
      (_, count) => Promise.resolve(count <= 2 ? { requeueAt: addMs(clock.now(), 90_000) } : {}),
    );
    engine.start(definition);
    await clock.settle();
    expect(passes).to.deep.equal(['a@0', 'b@0']);
    await kube.patch(
      { kind: kinds.configMap, namespace, name: 'b' },
      { type: 'merge', body: { data: { x: '1' } } },
    );
    await clock.advance(120_000);
    expect(passes).to.deep.equal(['a@0', 'b@0', 'b@0', 'a@90']);
  });

  const retries: readonly [code: ConstructorParameters<typeof AppError>[0], passes: readonly string[]][] = [
    ['KubeConflict', ['a@0', 'a@0', 'a@0', 'a@0', 'a@0', 'a@0', 'a@0.25', 'a@0.75', 'a@1.75', 'a@3.75']],
    ['KubeTimeout', ['a@0', 'a@0.25', 'a@0.75', 'a@1.75', 'a@3.75', 'a@7.75']],
    ['KubeNotFound', ['a@0', 'a@10']],
    ['ConfigInvalid', ['a@0']],
    ['KubeForbidden', ['a@0']],
  ];
  for (const [code, expected] of retries) {
    it(`retries ${code} as its class says`, async () => {
      const { clock, kube, engine, failures } = world();
      await kube.create(kinds.configMap, map('a'));
      const { definition, passes } = noting(
        () => clock.now(),
        () => Promise.reject(new AppError(code, 'no')),
      );
      engine.start(definition);
      await clock.advance(10_000 - (code === 'KubeConflict' ? 4_000 : code === 'KubeNotFound' ? 0 : 1));
      expect(passes).to.deep.equal(expected);
      expect(failures).to.have.length(expected.length);
    });
  }

  it('shows changes after the lag, but own writes at once', async () => {
    const { clock, kube, engine } = world({ lagMs: 2_000 });
    const own = engine.ownWrites(kube);
    const { definition } = noting(
      () => clock.now(),
      () => Promise.resolve({}),
    );
    engine.start(definition);
    const read = (name: string) => engine.cache.get<ConfigMap>(kinds.configMap, namespace, name);
    await kube.create(kinds.configMap, map('foreign'));
    await own.create(kinds.configMap, map('own', { x: '1' }));
    expect([read('foreign'), read('own')?.data?.x]).to.deep.equal([undefined, '1']);
    await own.delete({ kind: kinds.configMap, namespace, name: 'own' });
    expect(read('own')).to.equal(undefined);
    await clock.advance(2_000);
    expect([read('foreign')?.metadata.name, read('own')]).to.deep.equal(['foreign', undefined]);
  });

  it('refuses to read a kind that nobody watches', () => {
    const { engine } = world();
    expect(() => engine.cache.get(kinds.secret, namespace, 'x')).to.throw('no controller watches');
  });

  it('shows of a kind what its watches ask for, and the whole when one does', async () => {
    const { kube, engine } = world();
    const labelled = { ...map('a', { x: '1' }), metadata: { ...map('a').metadata, labels: { app: 'web' } } };
    await kube.create(kinds.configMap, labelled);
    await kube.create(kinds.configMap, map('b'));
    const narrow = { ...watchMaps, labelSelector: 'app', metadataOnly: true };
    const reconcile = () => Promise.resolve({});
    engine.start({ name: 'narrow', watches: [narrow], reconcile });
    const read = () =>
      engine.cache.list<ConfigMap>(kinds.configMap).map(({ metadata, data }) => [metadata.name, data?.x]);
    expect(read()).to.deep.equal([['a', undefined]]);
    engine.start({ name: 'whole', watches: [watchMaps], reconcile });
    expect(read()).to.deep.include(['a', '1']);
    expect(read()).to.have.length.above(1);
    engine.stop('whole');
    expect(read()).to.deep.equal([['a', undefined]]);
  });

  it('begins a watch when its kind is served, and follows kinds named at run time', async () => {
    const { clock, kube, engine } = world();
    const widgets: Kind = {
      group: 'x.example',
      version: 'v1',
      kind: 'Widget',
      plural: 'widgets',
      namespaced: true,
    };
    const { definition, passes } = noting(
      () => clock.now(),
      () => Promise.resolve({}),
    );
    engine.start(definition);
    const view = engine.ensure({
      controller: 'noting',
      kind: widgets,
      keysOf: ({ metadata }) => [{ namespace, name: metadata.name }],
    });
    expect(view.hasSynced()).to.equal(false);
    const names = { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' };
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const definitionOfWidgets = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.x.example' },
      spec: { group: 'x.example', scope: 'Namespaced', names, versions },
    };
    await kube.create(kinds.customResourceDefinition, definitionOfWidgets);
    await kube.create(widgets, {
      apiVersion: 'x.example/v1',
      kind: 'Widget',
      metadata: { namespace, name: 'w' },
    });
    await clock.settle();
    expect(view.hasSynced()).to.equal(true);
    expect(view.get(namespace, 'w')?.metadata.name).to.equal('w');
    expect(passes).to.deep.equal(['w@0']);
  });

  it('says so when controllers never come to rest', async () => {
    const { clock, kube, engine } = world();
    await kube.create(kinds.configMap, map('a'));
    const definition = noting(
      () => clock.now(),
      () => Promise.resolve({ requeueAt: clock.now() }),
    ).definition;
    engine.start(definition);
    const thrown = await clock.settle().catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(AppError);
  });

  it('forgets a stopped controller and starts another afresh, as after a crash', async () => {
    const { clock, kube, engine } = world();
    await kube.create(kinds.configMap, map('a'));
    const writing = (through: typeof kube): ControllerDefinition => ({
      name: 'writing',
      watches: [watchMaps],
      reconcile: async ({ name }) => {
        for (const suffix of ['1', '2']) {
          const copy = `${name}-${suffix}`;
          const isCopy =
            /-\d$/.test(name) || engine.cache.get(kinds.configMap, namespace, copy) !== undefined;
          if (!isCopy) await through.create(kinds.configMap, map(copy));
        }
        return {};
      },
    });
    let writes = 0;
    const create: typeof kube.create = (...asked) => {
      if (++writes === 1) return kube.create(...asked);
      engine.stop('writing');
      throw new AppError('ShuttingDown', 'the process was killed');
    };
    engine.start(writing({ ...kube, create }));
    await clock.settle();
    expect(writes).to.equal(2);
    const names = (await kube.list(kinds.configMap, { namespace })).items.map(
      ({ metadata }) => metadata.name,
    );
    expect(names).to.deep.equal(['a', 'a-1']);
    engine.start(writing(kube));
    await clock.settle();
    expect((await kube.list(kinds.configMap, { namespace })).items).to.have.length(3);
  });

  it('awaits work between passes before time moves', async () => {
    const { clock, kube, engine } = world();
    await kube.create(kinds.configMap, map('a'));
    let enqueue: (key: ReconcileKey) => void = () => undefined;
    let measuring: Promise<void> | undefined;
    const { definition, passes } = noting(
      () => clock.now(),
      (key, count) => {
        if (count === 1) measuring = new Promise((resolve) => setImmediate(resolve)).then(() => enqueue(key));
        return Promise.resolve({});
      },
    );
    const background = {
      subscribe: (add: (key: ReconcileKey) => void) => {
        enqueue = add;
        return () => undefined;
      },
      settled: () => measuring ?? Promise.resolve(),
    };
    engine.start({ ...definition, background });
    await clock.advance(1_000);
    expect(passes).to.deep.equal(['a@0', 'a@0']);
  });
});

describe('virtual clock', () => {
  it('fires in order of moment, then of asking, and stops at a predicate', async () => {
    const clock = createVirtualClock(start);
    const fired: string[] = [];
    for (const [name, ms] of [
      ['c', 20],
      ['a', 10],
      ['b', 10],
      ['d', 30],
    ] as const) {
      clock.schedule(addMs(start, ms), () => fired.push(name));
    }
    clock.schedule(addMs(start, 15), () => fired.push('never'))();
    expect(await clock.runUntil(() => fired.includes('c'))).to.equal(true);
    expect([fired.join(''), clock.now() - start]).to.deep.equal(['abc', 20]);
    expect(await clock.runUntil(() => false, { limitMs: 5 })).to.equal(false);
    expect(await clock.runUntil(() => false)).to.equal(false);
    expect(fired.join('')).to.equal('abcd');
  });
});

describe('engine in real time', () => {
  it('runs by itself, several keys at a time, and ends', async () => {
    const clock = createRealClock();
    const store = createStore({ clock });
    const kube = createStoreKube(store);
    let running = 0;
    let most = 0;
    const seen = new Set<string>();
    const engine = createEngine({
      feed: createStoreFeed(store),
      clock,
      definitions: [
        {
          name: 'real',
          workers: 2,
          watches: [watchMaps],
          reconcile: async ({ name }) => {
            most = Math.max(most, ++running);
            await new Promise((resolve) => setImmediate(resolve));
            running--;
            seen.add(name);
            return {};
          },
        },
      ],
    });
    for (const name of ['a', 'b', 'c', 'd']) await kube.create(kinds.configMap, map(name));
    for (let turns = 0; turns < 200 && seen.size < 4; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    await engine.close();
    expect([[...seen].sort().join(''), most]).to.deep.equal(['abcd', 2]);
  });
});
