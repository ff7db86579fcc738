import { expect } from 'chai';
import * as fc from 'fast-check';
import type { UnknownObject } from '#api/k8s/meta.js';
import { instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { ObjectListBody } from './read/list.js';
import type { ApiRequest, ApiWatchEvent } from './request.js';
import { createStore, type ApiStore } from './store.js';

const clock: Clock = { now: () => instantOf(1_767_225_600_000), schedule: () => () => undefined };
const maps = { group: '', version: 'v1', resource: 'configmaps', namespace: 'default' } as const;

type Step = Pick<ApiRequest, 'verb' | 'name' | 'body' | 'patchType' | 'query'>;

const name = fc.constantFrom('a', 'b', 'c');
const data = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2'));
const labels = fc.constantFrom({ odd: 'true' }, { odd: 'false' });
const manager = fc.constantFrom('one', 'two');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ name, data, labels })
    .map(
      (s) =>
        ({ verb: 'create', body: { metadata: { name: s.name, labels: s.labels }, data: s.data } }) as const,
    ),
  fc.record({ name, data, labels }).map(
    (s) =>
      ({
        verb: 'patch',
        patchType: 'merge',
        name: s.name,
        body: { metadata: { labels: s.labels }, data: s.data },
      }) as const,
  ),
  fc.record({ name, data, manager }).map((s) => applied(s.name, s.data, s.manager)),
  fc.record({ name }).map((s) => ({ verb: 'delete', name: s.name }) as const),
);

function applied(of: string, values: object, by: string): Step {
  return {
    verb: 'patch',
    patchType: 'apply',
    name: of,
    body: { metadata: { name: of }, data: values },
    query: { fieldManager: by, force: 'true' },
  };
}

function run(store: ApiStore, steps: readonly Step[]): void {
  for (const one of steps) store.handle({ ...maps, ...one });
}

function listed(store: ApiStore, query: Readonly<Record<string, string>> = {}): ObjectListBody {
  return store.handle({ ...maps, verb: 'list', query }).body as ObjectListBody;
}

describe('laws of the store', () => {
  it('tells a watch from any version what a list would show, with any selector', () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), fc.boolean(), (before, after, isSelective) => {
        const query: Record<string, string> = isSelective ? { labelSelector: 'odd=true' } : {};
        const store = createStore({ clock });
        run(store, before);
        const start = listed(store, query);
        const seen = new Map(start.items.map((object) => [object.metadata.name, object]));
        const late = new Map(seen);
        const resourceVersion = start.metadata.resourceVersion;
        const watch = { ...maps, verb: 'watch', query: { ...query, resourceVersion } } as const;
        store.watch(watch, (event) => follow(seen, event));
        run(store, after);
        store.watch(watch, (event) => follow(late, event));
        expect([...seen.values()].sort(byName)).to.deep.equal(listed(store, query).items);
        expect([...late.values()].sort(byName)).to.deep.equal(listed(store, query).items);
      }),
      { numRuns: 60 },
    );
  });

  it('lists an old version as it was then', () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, after) => {
        const store = createStore({ clock });
        run(store, before);
        const then = listed(store);
        run(store, after);
        const exact = listed(store, {
          resourceVersion: then.metadata.resourceVersion,
          resourceVersionMatch: 'Exact',
        });
        expect(exact.items).to.deep.equal(then.items);
      }),
      { numRuns: 60 },
    );
  });

  it('changes nothing when a configuration is applied twice, and shows what was applied', () => {
    fc.assert(
      fc.property(fc.array(step), name, data, manager, (before, of, values, by) => {
        const store = createStore({ clock });
        run(store, before);
        const first = store.handle({ ...maps, ...applied(of, values, by) }).body as UnknownObject;
        const second = store.handle({ ...maps, ...applied(of, values, by) }).body as UnknownObject;
        expect(second.metadata.resourceVersion).to.equal(first.metadata.resourceVersion);
        expect(first['data'] ?? {}).to.include(values);
      }),
      { numRuns: 60 },
    );
  });
});

function follow(seen: Map<string, UnknownObject>, event: ApiWatchEvent): void {
  const object = event.object as UnknownObject;
  if (event.type === 'DELETED') seen.delete(object.metadata.name);
  else seen.set(object.metadata.name, object);
}

function byName(a: UnknownObject, b: UnknownObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
