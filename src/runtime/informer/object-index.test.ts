import { expect } from 'chai';
import { array, assert, boolean, constantFrom, property, record, tuple } from 'fast-check';
import type { UnknownObject } from '#api/k8s/meta.js';
import { ownerUidOf } from '#core/kube/object.js';
import { hasLabels } from '#core/kube/selector.js';
import type { CacheQuery } from '#ports/cache.js';
import { ObjectIndex } from './object-index.js';

const names = constantFrom('web', 'web-1', 'web-2', 'web2', 'a', 'z');
const namespaces = constantFrom(undefined, 'shop', 'shop-a', 's');
const owners = constantFrom(undefined, 'u1', 'u2');
const tiers = constantFrom(undefined, 'front', 'back');

const objects = record({ namespace: namespaces, name: names, owner: owners, tier: tiers }).map(
  ({ namespace, name, owner, tier }): UnknownObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(tier === undefined ? {} : { labels: { tier } }),
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: owner, controller: true }] }),
    },
  }),
);
const queries: readonly CacheQuery[] = [
  {},
  { namespace: 'shop' },
  { namespace: 'shop', namePrefix: 'web-' },
  { namePrefix: 'web' },
  { ownerUid: 'u1' },
  { namespace: 's', ownerUid: 'u2', namePrefix: 'w' },
  { isOwnerless: true },
  { namespace: 'shop-a', isOwnerless: true, labels: { tier: 'back' } },
  { labels: { tier: 'front' } },
];

function matches(object: UnknownObject, query: CacheQuery): boolean {
  const { namespace, name, labels } = object.metadata;
  return (
    (query.namespace === undefined || query.namespace === namespace) &&
    name.startsWith(query.namePrefix ?? '') &&
    (query.ownerUid === undefined || query.ownerUid === ownerUidOf(object)) &&
    (query.isOwnerless === undefined || ownerUidOf(object) === undefined) &&
    hasLabels(labels, query.labels)
  );
}

const idOf = ({ metadata: { namespace = '', name } }: UnknownObject) => `${namespace}/${name}`;

describe('objects by index', () => {
  it('finds whatever matches, in order, after any changes', () => {
    const steps = array(tuple(boolean(), objects), { maxLength: 40 });
    assert(
      property(steps, (changes) => {
        const index = new ObjectIndex();
        const known = new Map<string, UnknownObject>();
        for (const [isRemoval, object] of changes) {
          if (isRemoval) index.delete(idOf(object));
          else index.set(idOf(object), object);
          if (isRemoval) known.delete(idOf(object));
          else known.set(idOf(object), object);
          for (const query of queries) {
            const wanted = [...known.values()].filter((one) => matches(one, query)).toSorted(byId);
            expect(index.list(query)).to.deep.equal(wanted);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

function byId(a: UnknownObject, b: UnknownObject): number {
  return idOf(a) < idOf(b) ? -1 : 1;
}
