import { expect } from 'chai';
import { array, assert, boolean, integer, property, record } from 'fast-check';
import { configMap } from '#test/fakes/scripted-kube.js';
import { ObjectStore } from './object-store.js';

const versionOf = (store: ObjectStore) => store.get('shop', 'a')?.metadata.resourceVersion;

describe('own writes in the cache', () => {
  it('shows a write until the watch delivers it or something newer', () => {
    const store = new ObjectStore();
    store.delivered(configMap('a', 9));
    store.wrote(configMap('a', 10), true);
    store.delivered(configMap('a', 9));
    expect(versionOf(store)).to.equal('10');
    store.delivered(configMap('a', 12));
    expect([versionOf(store), store.unseenCount]).to.deep.equal(['12', 0]);
  });

  it('is told once of a version that comes both as an answer and through the watch', () => {
    const store = new ObjectStore();
    expect(store.wrote(configMap('a', 10), true)).to.not.equal(undefined);
    expect(store.delivered(configMap('a', 10))).to.equal(undefined);
  });

  it('does not go back when the answer comes later than the watch', () => {
    const store = new ObjectStore();
    store.delivered(configMap('a', 12));
    expect(store.wrote(configMap('a', 10), true)).to.equal(undefined);
    expect(versionOf(store)).to.equal('12');
  });

  it('keeps a created object through a list that was begun before it', () => {
    const store = new ObjectStore();
    store.beginList();
    store.wrote(configMap('a', 10), true);
    store.endList('9');
    expect(versionOf(store)).to.equal('10');
    store.beginList();
    store.endList('11');
    expect(versionOf(store)).to.equal(undefined);
  });

  it('hides a deleted object from stale events of its uid, not from a successor', () => {
    const store = new ObjectStore();
    store.delivered(configMap('a', 9));
    store.wroteRemoval('shop', 'a', 'uid-a');
    store.delivered(configMap('a', 10));
    expect(versionOf(store)).to.equal(undefined);
    store.delivered(configMap('a', 12, { uid: 'second' }));
    expect(versionOf(store)).to.equal('12');
  });

  it('does not bring back an object whose deletion overtook the answer of a write', () => {
    const store = new ObjectStore();
    store.delivered(configMap('a', 9));
    store.removed(configMap('a', 11));
    expect(store.wrote(configMap('a', 10), true)).to.equal(undefined);
    expect(versionOf(store)).to.equal(undefined);
  });

  it('removes an object that an own write took out of the selector', () => {
    const store = new ObjectStore();
    store.delivered(configMap('a', 9));
    store.wrote(configMap('a', 10), false);
    store.delivered(configMap('a', 9));
    expect(versionOf(store)).to.equal(undefined);
  });

  it('never shows an older version than one it has shown, whatever the order of answers and events', () => {
    const step = record({ version: integer({ min: 1, max: 12 }), own: boolean() });
    assert(
      property(array(step, { maxLength: 30 }), (steps) => {
        const store = new ObjectStore();
        let watched = 0;
        let shown = 0;
        for (const { version, own } of steps) {
          // The watch delivers in order; answers come at any time.
          if (!own && version <= watched) continue;
          if (own) store.wrote(configMap('a', version), true);
          else store.delivered(configMap('a', (watched = version)));
          const now = Number(versionOf(store));
          // A watch event older than an own write is ignored, a newer one is shown.
          expect(now).to.be.at.least(Math.max(shown, own ? version : 0));
          shown = now;
        }
      }),
    );
  });
});
