import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { type Kind, kinds } from '#api/kinds.js';
import type { DynamicWatchRequest } from '#ports/dynamic-watches.js';
import type { GitAccess, GitRemote } from '#ports/git-remote.js';
import type { Kube } from '#ports/kube.js';
import type { Manager } from '#runtime/manager/manager.js';
import { CommitBook } from './commit-book.js';
import { createLiveObjects } from './live-objects.js';

describe('the book of commits', () => {
  it('keeps who made what was fetched', async () => {
    const content =
      'tree 1\nauthor Ann <a@x> 1772600000 +0000\ncommitter Ann <a@x> 1772600000 +0000\n\nbegin\n';
    const git: GitRemote = {
      listRefs: () => Promise.resolve({ refs: {} }),
      fetch: (_access, { commit }) =>
        Promise.resolve({ commit, subject: 'begin', files: [], commitObject: Buffer.from(content) }),
    };
    const book = new CommitBook();
    const wanted = { commit: 'abc', recurseSubmodules: false, sparseDirectories: [] };
    await book.noting(git).fetch({ url: '', credentials: {}, timeoutMs: 1 } satisfies GitAccess, wanted);
    expect(book.of('abc')).to.deep.equal({ author: 'Ann', subject: 'begin', at: 1_772_600_000_000 });
    expect(book.of('other')).to.equal(undefined);
  });
});

describe('live objects of inventories', () => {
  const deployment = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
  const object: UnknownObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };

  function worldOf(served: readonly Kind[]) {
    const opened: DynamicWatchRequest[] = [];
    const asked: string[] = [];
    const manager = {
      changes: { subscribe: () => () => undefined },
      isWatched: () => false,
      ensure: (request: DynamicWatchRequest) => {
        opened.push(request);
        return { hasSynced: () => true, get: () => object };
      },
    } as unknown as Manager;
    const kube = {
      resolve: (apiVersion: string, kind: string) => {
        asked.push(`${apiVersion} ${kind}`);
        return Promise.resolve(served.find((one) => one.kind === kind));
      },
    } as unknown as Kube;
    return { opened, asked, live: createLiveObjects(manager, kube) };
  }

  it('are unknown until their kind is watched, which is opened once and by the label of ownership', async () => {
    const { live, opened, asked } = worldOf([kinds.deployment]);
    const ready = new Promise<void>((resolve) => live.subscribe(() => undefined, resolve));
    expect([live.get(deployment), live.get({ ...deployment, name: 'other' })]).to.deep.equal([null, null]);
    await ready;
    expect(live.get(deployment)).to.equal(object);
    expect(asked).to.deep.equal(['apps/v1 Deployment']);
    expect(opened.map(({ labelSelector }) => labelSelector)).to.deep.equal([
      'kustomize.toolkit.fluxcd.io/name',
    ]);
  });

  it('hold no content of Secrets', async () => {
    const { live, opened } = worldOf([kinds.secret]);
    const ready = new Promise<void>((resolve) => live.subscribe(() => undefined, resolve));
    live.get({ group: '', version: 'v1', kind: 'Secret', namespace: 'shop', name: 'token' });
    await ready;
    expect(opened[0]?.metadataOnly).to.equal(true);
  });

  it('stay unknown when their kind is not served', async () => {
    const { live, opened } = worldOf([]);
    live.get(deployment);
    await Promise.resolve();
    expect([live.get(deployment), opened.length]).to.deep.equal([null, 0]);
  });
});
