import { expect } from 'chai';
import { openTarget, type ContractTarget } from './target.js';
import { configMap, freshNamespace, mergePatch, type Places } from './world.js';

describe('API server contract: lists and watches', () => {
  let target: ContractTarget;
  let at: Places;
  let maps: string;
  before(async () => {
    target = await openTarget();
  });
  after(() => target.close());
  beforeEach(async () => {
    at = await freshNamespace(target);
    maps = at.core('configmaps');
    for (const name of ['a', 'b', 'c', 'd']) {
      const body = {
        ...configMap(name),
        metadata: { name, labels: { odd: String(name === 'a' || name === 'c') } },
      };
      await target.send('POST', maps, body);
    }
  });
  const own = '&fieldSelector=metadata.name%21%3Dkube-root-ca.crt';
  const names = (list: any): string[] => list.items.map((one: any) => one.metadata.name);

  it('lists in pages of one version', async () => {
    const first = await target.send('GET', `${maps}?limit=2&labelSelector=odd`);
    expect(names(first.body)).to.deep.equal(['a', 'b']);
    await target.send('POST', maps, { ...configMap('bb'), metadata: { name: 'bb', labels: { odd: 'x' } } });
    await target.send('DELETE', `${maps}/d`);
    const token = encodeURIComponent(first.body.metadata.continue);
    const second = await target.send('GET', `${maps}?limit=2&labelSelector=odd&continue=${token}`);
    expect(names(second.body)).to.deep.equal(['c', 'd']);
    // A real server that filters may promise one more page and find nothing on it: kube-root-ca.crt is not selected.
    const { continue: more } = second.body.metadata;
    if (more !== undefined) {
      const third = await target.send(
        'GET',
        `${maps}?limit=2&labelSelector=odd&continue=${encodeURIComponent(more)}`,
      );
      expect(third.body).to.deep.include({ items: [] });
      expect(third.body.metadata).not.to.have.property('continue');
    }
    expect(second.body.metadata.resourceVersion).to.equal(first.body.metadata.resourceVersion);
  });

  it('answers an expired page with 410', async function () {
    if (target.isReal) return;
    const first = await target.send('GET', `${maps}?limit=2`);
    await target.send('DELETE', `${maps}/d`);
    target.compact();
    const { code, body } = await target.send(
      'GET',
      `${maps}?limit=2&continue=${first.body.metadata.continue}`,
    );
    expect(code).to.equal(410);
    expect(body.reason).to.equal('Expired');
  });

  it('selects by labels and fields', async () => {
    const query = async (text: string): Promise<string[]> =>
      names((await target.send('GET', `${maps}?${text}${own}`)).body);
    expect(await query('labelSelector=odd%3Dtrue')).to.deep.equal(['a', 'c']);
    expect(await query('labelSelector=odd%20notin%20(true)')).to.deep.equal(['b', 'd']);
    expect(await query('labelSelector=odd,%21even')).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(names((await target.send('GET', `${maps}?fieldSelector=metadata.name%3Db`)).body)).to.deep.equal([
      'b',
    ]);
    const bad = await target.send('GET', `${maps}?fieldSelector=spec.x%3Db`);
    expect(bad.code).to.equal(400);
    expect(bad.body.message).to.equal(
      '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    const pods = await target.send('GET', `${at.core('pods')}?fieldSelector=spec.x%3Db`);
    expect(pods.body.message).to.equal('field label not supported: spec.x');
  });

  it('lists what was at an exact version', async () => {
    const { body } = await target.send('GET', `${maps}?labelSelector=odd`);
    await target.send('DELETE', `${maps}/a`);
    const exact = await target.send(
      'GET',
      `${maps}?labelSelector=odd&resourceVersion=${body.metadata.resourceVersion}&resourceVersionMatch=Exact`,
    );
    expect(names(exact.body)).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('watches from a version: created, changed, deleted', async () => {
    const { body } = await target.send('GET', maps);
    const watch = await target.openWatch(`${maps}?watch=1&resourceVersion=${body.metadata.resourceVersion}`);
    await target.send('POST', maps, configMap('x'));
    await target.send('PATCH', `${maps}/x`, { data: { b: '2' } }, mergePatch);
    await target.send('PATCH', `${maps}/x`, { data: { b: '2' } }, mergePatch);
    await target.send('DELETE', `${maps}/x`);
    const events = [await watch.next(), await watch.next(), await watch.next()];
    watch.close();
    expect(events.map((one) => `${one.type} ${one.object.metadata.name}`)).to.deep.equal([
      'ADDED x',
      'MODIFIED x',
      'DELETED x',
    ]);
    const versions = events.map((one) => Number(one.object.metadata.resourceVersion));
    expect(versions).to.deep.equal([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).to.equal(3);
  });

  it('begins with what is there when no version is given', async () => {
    const watch = await target.openWatch(`${maps}?watch=1&labelSelector=odd%3Dtrue`);
    const events = [await watch.next(), await watch.next()];
    watch.close();
    expect(events.map((one) => `${one.type} ${one.object.metadata.name}`)).to.have.members([
      'ADDED a',
      'ADDED c',
    ]);
  });

  it('tells objects that enter or leave the selection as added or deleted', async () => {
    const { body } = await target.send('GET', maps);
    const watch = await target.openWatch(
      `${maps}?watch=1&labelSelector=odd%3Dtrue&resourceVersion=${body.metadata.resourceVersion}`,
    );
    await target.send('PATCH', `${maps}/b`, { metadata: { labels: { odd: 'true' } } }, mergePatch);
    const left = await target.send(
      'PATCH',
      `${maps}/a`,
      { metadata: { labels: { odd: 'false' } } },
      mergePatch,
    );
    const [entered, gone] = [await watch.next(), await watch.next()];
    watch.close();
    expect([entered.type, entered.object.metadata.name]).to.deep.equal(['ADDED', 'b']);
    expect([gone.type, gone.object.metadata.name]).to.deep.equal(['DELETED', 'a']);
    expect(gone.object.metadata.labels.odd).to.equal('true');
    expect(gone.object.metadata.resourceVersion).to.equal(left.body.metadata.resourceVersion);
  });

  it('answers a watch from a forgotten version with 410', async function () {
    if (target.isReal) return;
    const { body } = await target.send('GET', maps);
    await target.send('POST', maps, configMap('x'));
    target.compact();
    const watch = await target.openWatch(`${maps}?watch=1&resourceVersion=${body.metadata.resourceVersion}`);
    const event = await watch.next();
    expect(event.type).to.equal('ERROR');
    expect(event.object).to.deep.include({ code: 410, reason: 'Expired' });
  });

  it('streams the first list and marks its end', async () => {
    const query = 'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    const watch = await target.openWatch(`${maps}?watch=1&labelSelector=odd%3Dtrue&${query}`);
    const events = [await watch.next(), await watch.next(), await watch.next()];
    watch.close();
    expect(events.map((one) => one.type)).to.deep.equal(['ADDED', 'ADDED', 'BOOKMARK']);
    expect(events[2].object.metadata.annotations).to.deep.equal({ 'k8s.io/initial-events-end': 'true' });
  });

  it('ends a watch after its time', async () => {
    const watch = await target.openWatch(
      `${maps}?watch=1&resourceVersion=0&timeoutSeconds=1&labelSelector=none`,
    );
    const ended = await watch.next().then(
      () => 'an event',
      (error: Error) => error.message,
    );
    expect(ended).to.equal('the watch has ended');
  });

  it('shows tables and partial metadata', async () => {
    const path = `${maps}/a`;
    const { body } = await target.send('GET', path);
    expect(body.kind).to.equal('ConfigMap');
    const list = await target.kube.list(
      { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
      { namespace: at.name, metadataOnly: true, labelSelector: 'odd' },
    );
    expect(list.items.map((one) => one.metadata.name)).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(list.items[0]).not.to.have.property('data');
  });
});
