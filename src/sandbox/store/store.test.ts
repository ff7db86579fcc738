import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { installCrds } from './crd/install.js';
import { dataPlaneCrds } from './crd/data-planes.js';
import { createStore } from './store.js';

const clock: Clock = { now: () => instantOf(1_767_225_600_000), schedule: () => () => undefined };

describe('the store through the Kube port', () => {
  it('creates, reads, patches, lists, watches and deletes', async () => {
    const store = createStore({ clock, seed: 1 });
    const kube = createStoreKube(store);
    const events: string[] = [];
    store.watch({ verb: 'watch', group: '', version: 'v1', resource: 'configmaps' }, (e) =>
      events.push(`${e.type} ${(e.object as UnknownObject).metadata.name}`),
    );
    const made = await kube.create(kinds.configMap, { ...cm('a'), data: { x: '1' } } as never);
    expect(made).to.have.nested.property('metadata.uid');
    await kube.patch(
      { kind: kinds.configMap, namespace: 'default', name: 'a' },
      { type: 'merge', body: { data: { y: '2' } } },
    );
    const read = await kube.get({ kind: kinds.configMap, namespace: 'default', name: 'a' });
    expect(read?.['data']).to.deep.equal({ x: '1', y: '2' });
    expect((await kube.list(kinds.configMap)).items).to.have.length(1);
    expect(await kube.delete({ kind: kinds.configMap, namespace: 'default', name: 'a' })).to.equal(true);
    expect(await kube.delete({ kind: kinds.configMap, namespace: 'default', name: 'a' })).to.equal(false);
    expect(events).to.deep.equal(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('serves the kinds of CRDs', async () => {
    const store = createStore({ clock });
    installCrds(store, dataPlaneCrds);
    const kube = createStoreKube(store);
    const kind = await kube.resolve('networking.istio.io/v1beta1', 'VirtualService');
    expect(kind?.plural).to.equal('virtualservices');
    const vs = await kube.create(kind!, {
      ...cm('vs'),
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      spec: { hosts: ['a'] },
    } as never);
    expect(vs).to.deep.include({ apiVersion: 'networking.istio.io/v1beta1', spec: { hosts: ['a'] } });
  });

  it('tells a listener that is replaced while a change is told from the next change on', async () => {
    const store = createStore({ clock });
    let calls = 0;
    const listen = (): void => {
      const stop = store.onChange(() => {
        calls += 1;
        stop();
        listen();
      });
    };
    listen();
    const kube = createStoreKube(store);
    await kube.create(kinds.configMap, cm('a'));
    expect(calls).to.equal(1);
    await kube.create(kinds.configMap, cm('b'));
    expect(calls).to.equal(2);
  });
});

function cm(name: string): UnknownObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } };
}
