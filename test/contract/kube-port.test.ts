import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { ConfigMap, Deployment } from '#api/k8s/core-kinds.js';
import { AppError } from '#ports/errors.js';
import type { ObjectKey, WatchEvent } from '#ports/kube.js';
import { openTarget, type ContractTarget } from './target.js';
import { configMap, deployment, freshNamespace } from './world.js';

describe('Kube port contract', () => {
  let target: ContractTarget;
  let namespace: string;
  before(async () => {
    target = await openTarget();
  });
  after(() => target.close());
  beforeEach(async () => {
    namespace = (await freshNamespace(target)).name;
  });
  const key = (name: string): ObjectKey => ({ kind: kinds.configMap, namespace, name });
  const create = (name: string, labels: Readonly<Record<string, string>> = {}): Promise<ConfigMap> =>
    target.kube.create<ConfigMap>(kinds.configMap, {
      ...configMap(name),
      metadata: { name, namespace, labels },
    });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (thrown: unknown) => (thrown instanceof AppError ? thrown.code : String(thrown)),
    );

  it('creates, reads, replaces and deletes', async () => {
    const made = await create('a');
    expect(await target.kube.get(key('a'))).to.deep.equal(made);
    const replaced = await target.kube.update(kinds.configMap, { ...made, data: { a: '2' } });
    expect(replaced.data).to.deep.equal({ a: '2' });
    expect(await target.kube.delete(key('a'))).to.equal(true);
    expect(await target.kube.delete(key('a'))).to.equal(false);
    expect(await target.kube.get(key('a'))).to.equal(undefined);
  });

  it('names each refusal by its code', async () => {
    const made = await create('a');
    await target.kube.update(kinds.configMap, { ...made, data: { a: '2' } });
    expect(await codeOf(create('a'))).to.equal('KubeAlreadyExists');
    expect(await codeOf(target.kube.update(kinds.configMap, { ...made, data: { a: '3' } }))).to.equal(
      'KubeConflict',
    );
    expect(await codeOf(create('A_'))).to.equal('KubeInvalid');
    expect(await codeOf(target.kube.patch(key('none'), { type: 'merge', body: {} }))).to.equal(
      'KubeNotFound',
    );
    expect(
      await codeOf(target.kube.delete(key('a'), { uid: '00000000-0000-4000-8000-000000000000' })),
    ).to.equal('KubeConflict');
    const unknown = {
      group: 'none.sluice.test',
      version: 'v1',
      kind: 'None',
      plural: 'nones',
      namespaced: true,
    };
    expect(await codeOf(target.kube.list(unknown))).to.equal('KubeNoSuchKind');
  });

  it('applies, and names a conflict of managers as such', async () => {
    const apply = (value: string, fieldManager: string, force = false): Promise<unknown> =>
      target.kube.patch(
        key('a'),
        {
          type: 'apply',
          body: { ...configMap('a', { x: value }), metadata: { name: 'a', namespace } },
          force,
        },
        { fieldManager },
      );
    await apply('1', 'one');
    expect(await codeOf(apply('2', 'two'))).to.equal('KubeApplyConflict');
    expect(await apply('2', 'two', true)).to.deep.include({ data: { x: '2' } });
  });

  it('patches in each of its ways', async () => {
    const web: ObjectKey = { kind: kinds.deployment, namespace, name: 'web' };
    await target.kube.create<Deployment>(kinds.deployment, {
      ...deployment('web'),
      metadata: { name: 'web', namespace },
    });
    await target.kube.patch(web, {
      type: 'json',
      body: [{ op: 'replace', path: '/spec/replicas', value: 2 }],
    });
    const side = { spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } } };
    await target.kube.patch(web, { type: 'strategic', body: side });
    await target.kube.patch(
      web,
      { type: 'merge', body: { status: { replicas: 2 } } },
      { subresource: 'status' },
    );
    const read = await target.kube.get<Deployment>(web);
    expect(read?.spec.replicas).to.equal(2);
    expect(read?.spec.template.spec?.containers.map((one) => one.name)).to.have.members(['web', 'side']);
    expect(read?.status?.['replicas']).to.equal(2);
  });

  it('stores nothing in a dry run', async () => {
    await target.kube.create(
      kinds.configMap,
      { ...configMap('a'), metadata: { name: 'a', namespace } },
      { dryRun: true },
    );
    expect(await target.kube.get(key('a'))).to.equal(undefined);
  });

  it('lists page by page', async () => {
    for (const name of ['a', 'b', 'c']) await create(name, { mine: 'yes' });
    const first = await target.kube.list(kinds.configMap, { namespace, labelSelector: 'mine', limit: 2 });
    const rest = await target.kube.list(kinds.configMap, {
      namespace,
      labelSelector: 'mine',
      limit: 2,
      continue: first.continue!,
    });
    expect([...first.items, ...rest.items].map((one) => one.metadata.name)).to.deep.equal(['a', 'b', 'c']);
    expect(rest.continue).to.equal(undefined);
  });

  it('watches until it is told to stop', async () => {
    const { resourceVersion } = await target.kube.list(kinds.configMap, { namespace });
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    const watching = (async () => {
      for await (const event of target.kube.watch(kinds.configMap, {
        namespace,
        labelSelector: 'mine',
        resourceVersion,
        signal: stop.signal,
      })) {
        events.push(event);
        if (events.length === 2) stop.abort();
      }
    })();
    await create('a', { mine: 'yes' });
    await target.kube.delete(key('a'));
    await watching;
    expect(events.map((event) => event.type)).to.deep.equal(['ADDED', 'DELETED']);
  });

  it('finds the kind of a name', async () => {
    expect(await target.kube.resolve('apps/v1', 'Deployment')).to.deep.include({
      plural: 'deployments',
      namespaced: true,
    });
    expect(await target.kube.resolve('apps/v1', 'Nothing')).to.equal(undefined);
  });
});
