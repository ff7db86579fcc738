import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { numberAt, objectAt, textAt } from '#core/json/read.js';
import { GitopsWorld, webDeployment } from '#test/fakes/gitops-world.js';

const configMap = (name: string, v: string, comment = '') =>
  `${comment}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {v: '${v}'}\n`;

/** What the reconciler wrote for a commit, and its events; questions (dry runs) and its source's writes are left out. */
async function sentFor(
  before: Record<string, string>,
  after: Record<string, string>,
  spec = {},
): Promise<{
  readonly sent: readonly string[];
  readonly events: readonly string[];
  readonly world: GitopsWorld;
}> {
  const world = new GitopsWorld();
  world.git.commit('refs/heads/main', 'one', before);
  await world.createSource();
  await world.createKustomization({ path: './deploy', ...spec });
  await world.sandbox.clock.advance(30_000);
  const told = await tellings(world);
  world.writes.length = 0;
  world.git.commit('refs/heads/main', 'two', after);
  await world.sandbox.clock.advance(90_000);
  expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
  expect((await world.kustomization()).status?.lastAppliedRevision).to.equal(
    (await world.source()).status?.artifact?.revision,
  );
  const sent = world.writes.filter((subject) => !subject.startsWith('GitRepository/'));
  const events = (await tellings(world)).filter((telling) => !told.includes(telling));
  return { sent, events: events.map((telling) => telling.replace(/ \d+$/, '')), world };
}

/** The events of the Kustomization with how often each was told. */
async function tellings({ sandbox }: GitopsWorld): Promise<readonly string[]> {
  const { items } = await sandbox.kube.list(kinds.event, { namespace: 'flux-system' });
  return items
    .filter(({ metadata }) => metadata.name.startsWith('app.'))
    .filter((event) => textAt(objectAt(event, 'involvedObject'), 'kind') === 'Kustomization')
    .map(
      (event) => `${textAt(event, 'reason')}: ${textAt(event, 'message')} ${numberAt(event, 'count') ?? 1}`,
    );
}

const [a, b, web] = ['ConfigMap/shop/a', 'ConfigMap/shop/b', 'Deployment/shop/web'];
const self = 'Kustomization/flux-system/app';
const finished = 'ReconciliationSucceeded: Reconciliation finished in T, next run in 10m0s';

/** Without how long something took, which is nobody's business here. */
const withoutTimes = (event: string) => event.replace(/ in [\d.]+m?s/, ' in T');

describe('what a Kustomization sends for a commit', () => {
  const two = (v: string) => ({ 'deploy/a.yaml': configMap('a', v), 'deploy/b.yaml': configMap('b', v) });

  it('that changes both of its objects is five requests: one question, both, the status and an event', async () => {
    const { sent, events } = await sentFor(two('1'), two('2'));
    expect(sent).to.deep.equal([a, b, self]);
    expect(events).to.deep.equal([`Progressing: ${a} configured\n${b} configured`]);
  });

  it('that changes one of its objects is the object, the status and both events of the peer', async () => {
    const { sent, events } = await sentFor(two('1'), { ...two('1'), 'deploy/a.yaml': configMap('a', '2') });
    expect(sent).to.deep.equal([a, self]);
    expect(events.map(withoutTimes)).to.have.members([`Progressing: ${a} configured`, finished]);
  });

  it('that changes one of its objects, with wait, is six requests with all three events', async () => {
    const files = (v: string) => ({
      'deploy/a.yaml': configMap('a', '1'),
      'deploy/w.yaml': webDeployment(v),
    });
    const { sent, events } = await sentFor(files('web:1'), files('web:2'), { wait: true });
    expect(sent).to.deep.equal([web, self, self]);
    const healthy = 'Progressing: Health check passed in T';
    expect(events.map(withoutTimes)).to.deep.equal([`Progressing: ${web} configured`, healthy, finished]);
  });

  it('that changes none of its files is its revision alone', async () => {
    const { sent, events, world } = await sentFor(two('1'), { ...two('1'), 'README.md': 'new' });
    expect(sent).to.deep.equal([self]);
    expect(events).to.deep.equal([]);
    expect((await world.kustomization()).status?.history).to.have.length(1);
  });

  it('that changes a comment in its files is its revision alone', async () => {
    const after = { ...two('1'), 'deploy/a.yaml': configMap('a', '1', '# why\n') };
    const { sent, events } = await sentFor(two('1'), after);
    expect(sent).to.deep.equal([self]);
    expect(events).to.deep.equal([]);
  });

  it('with wait and a Deployment is six requests, while it waits and behind it', async () => {
    const files = (v: string) => ({
      'deploy/a.yaml': configMap('a', v),
      'deploy/w.yaml': webDeployment(`web:${v}`),
    });
    const { sent, events } = await sentFor(files('1'), files('2'), { wait: true });
    expect(sent).to.deep.equal([a, web, self, self]);
    expect(events).to.deep.equal([`Progressing: ${a} configured\n${web} configured`]);
  });

  it('announces a new object in the inventory before it is made', async () => {
    const { sent } = await sentFor({ 'deploy/a.yaml': configMap('a', '1') }, two('1'));
    expect(sent).to.deep.equal([self, b, self]);
  });
});

describe('drift', () => {
  it('of fields that others add is looked at once and left alone', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', '1') });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.advance(10_000);
    world.writes.length = 0;
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    const body = { data: { more: 'x' }, metadata: { annotations: { 'operator.test/seen': '1' } } };
    await world.sandbox.kube.patch(key, { type: 'merge', body }, { fieldManager: 'operator' });
    await world.sandbox.clock.advance(60_000);
    expect(world.writes).to.deep.equal([]);
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1', more: 'x' });
  });

  it('of fields that kubectl adds is taken away', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', '1') });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.advance(10_000);
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    const edit = { type: 'merge', body: { data: { more: 'x' } } } as const;
    await world.sandbox.kube.patch(key, edit, { fieldManager: 'kubectl-edit' });
    await world.sandbox.clock.settle();
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1' });
    const managers = (await world.sandbox.kube.get(key))?.metadata.managedFields?.map(
      ({ manager }) => manager,
    );
    expect(managers).to.deep.equal(['kustomize-controller']);
  });
});
