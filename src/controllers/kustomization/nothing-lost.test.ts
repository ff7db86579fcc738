import { expect } from 'chai';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import type { GitRepositorySpec } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (name: string, v: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {v: '${v}'}\n`;

/** A fault of the source: how it comes, what its conditions say, how it is mended. */
interface Fault {
  readonly what: string;
  readonly spec?: Partial<GitRepositorySpec>;
  readonly begin: (world: GitopsWorld, first: string) => void;
  readonly ready: RegExp;
  readonly fetchFailed: RegExp;
  readonly mend: (world: GitopsWorld, first: string) => void;
}

const denied = new AppError('GitDenied', 'https://git.test/app.git: the login was refused');
const tag = 'refs/tags/v1.0.0';

const faults: readonly Fault[] = [
  {
    what: 'a deleted tag',
    spec: { ref: { tag: 'v1.0.0' } },
    begin: (world) => world.git.point(tag, undefined),
    ready: /^False GitOperationFailed: .*couldn't find remote ref "refs\/tags\/v1\.0\.0"/,
    fetchFailed: /^True GitOperationFailed/,
    mend: (world, first) => world.git.point(tag, first),
  },
  {
    what: 'the last tag in a range is gone',
    spec: { ref: { semver: '1.x' } },
    begin: (world) => world.git.point(tag, undefined),
    ready: /^False GitOperationFailed: .*no match found for semver: 1\.x/,
    fetchFailed: /^True GitOperationFailed/,
    mend: (world, first) => world.git.point(tag, first),
  },
  {
    what: 'a deleted branch',
    begin: (world) => world.git.point('refs/heads/main', undefined),
    ready: /^False GitOperationFailed: .*couldn't find remote ref "refs\/heads\/main"/,
    fetchFailed: /^True GitOperationFailed/,
    mend: (world, first) => world.git.point('refs/heads/main', first),
  },
  {
    what: 'revoked credentials',
    begin: (world) => void (world.git.failure = denied),
    ready: /^False AuthenticationFailed: .*the login was refused/,
    fetchFailed: /^True AuthenticationFailed/,
    mend: (world) => void (world.git.failure = undefined),
  },
];

async function worldWith(
  spec: Partial<GitRepositorySpec>,
  more: Partial<KustomizationSpec> = {},
  settings = {},
): Promise<{ world: GitopsWorld; first: string }> {
  const world = new GitopsWorld([], undefined, settings);
  const first = world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', '1') });
  world.git.point(tag, first);
  await world.createSource(spec);
  await world.createKustomization(more);
  await world.sandbox.clock.advance(2_000);
  return { world, first };
}

const dataOf = async (world: GitopsWorld, name: string) =>
  (await world.find(kinds.configMap, name, 'shop'))?.['data'];
const readyOf = async (world: GitopsWorld) => world.condition(await world.kustomization(), 'Ready');

describe('a fault of a source that was good (issue 7, bad input and faults)', () => {
  for (const { what, spec = {}, begin, ready, fetchFailed, mend } of faults) {
    it(`${what}: says the reason, keeps artifact and objects, and goes on when it is mended`, async () => {
      const { world, first } = await worldWith(spec);
      const { artifact } = (await world.source()).status ?? {};
      begin(world, first);
      await world.sandbox.clock.advance(62_000);
      const source = await world.source();
      expect(world.condition(source, 'Ready')).to.match(ready);
      expect(world.condition(source, 'FetchFailed')).to.match(fetchFailed);
      expect(world.condition(source, 'Reconciling')).to.match(/^True ProgressingWithRetry/);
      expect(source.status?.artifact).to.deep.equal(artifact);
      const reason = (world.condition(source, 'Ready') ?? '').replace(/^False /, '');
      expect(await world.events('GitRepository')).to.include(reason);
      expect(await dataOf(world, 'a')).to.deep.equal({ v: '1' });
      expect(await readyOf(world)).to.match(/^True/);
      mend(world, first);
      await world.sandbox.clock.advance(1_000_000);
      expect(world.condition(await world.source(), 'Ready')).to.match(/^True Succeeded/);
      expect(world.failures).to.deep.equal([]);
    });
  }

  it('a force-pushed branch is followed back, and what only the lost commit had is deleted', async () => {
    const { world, first } = await worldWith({});
    const lost = { 'a.yaml': configMap('a', '2'), 'b.yaml': configMap('b', '2') };
    world.git.commit('refs/heads/main', 'two', lost);
    await world.sandbox.clock.advance(62_000);
    expect(await dataOf(world, 'b')).to.deep.equal({ v: '2' });
    world.git.point('refs/heads/main', first);
    await world.sandbox.clock.advance(62_000);
    expect(await dataOf(world, 'a')).to.deep.equal({ v: '1' });
    expect(await dataOf(world, 'b')).to.equal(undefined);
    expect((await world.kustomization()).status?.lastAppliedRevision).to.equal(`main@sha1:${first}`);
  });
});

describe('a Kustomization that may not go on (issue 7, bad input and faults)', () => {
  it('stalls with AccessDenied when it names a source of another namespace and that is forbidden', async () => {
    const sourceRef = { kind: 'GitRepository' as const, name: 'app', namespace: 'shop' };
    const { world } = await worldWith({}, { sourceRef }, { noCrossNamespaceRefs: true });
    const said =
      "AccessDenied: can't access 'GitRepository/shop/app', cross-namespace references have been blocked";
    expect(await readyOf(world)).to.equal(`False ${said}`);
    const { status, metadata } = await world.kustomization();
    expect(world.condition(await world.kustomization(), 'Stalled')).to.equal(`True ${said}`);
    expect(status?.observedGeneration).to.equal(metadata.generation);
    expect(await world.events('Kustomization')).to.deep.equal([said]);
    expect(await dataOf(world, 'a')).to.equal(undefined);
  });

  const paths: readonly (readonly [
    what: string,
    files: Record<string, string>,
    path: string,
    ready: RegExp,
  ])[] = [
    [
      'a path that leaves the source',
      {},
      '../../etc',
      /^False ArtifactFailed: spec\.path: "\.\.\/\.\.\/etc" leaves the source/,
    ],
    [
      'a resource that leaves the source',
      { 'x/kustomization.yaml': 'resources: [../../../etc/passwd]\n' },
      'x',
      /^False BuildFailed: x\/kustomization\.yaml: .*leaves the source/,
    ],
    [
      'a file of a generator that leaves the source',
      { 'x/kustomization.yaml': 'configMapGenerator: [{name: g, files: [../../../etc/passwd]}]\n' },
      'x',
      /^False BuildFailed: x\/kustomization\.yaml: .*etc\/passwd/,
    ],
  ];
  for (const [what, files, path, ready] of paths) {
    it(`refuses ${what}, and keeps what it applied`, async () => {
      const { world } = await worldWith({});
      world.git.commit('refs/heads/main', 'two', { 'a.yaml': configMap('a', '1'), ...files });
      const key = { kind: kinds.kustomization, namespace: 'flux-system', name: 'app' };
      await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { path } } });
      await world.sandbox.clock.advance(62_000);
      expect(await readyOf(world)).to.match(ready);
      expect(await dataOf(world, 'a')).to.deep.equal({ v: '1' });
      expect((await world.kustomization()).status?.inventory?.entries).to.have.length(1);
    });
  }

  it('says what a webhook refuses, applies nothing of the stage, and goes on when it is let', async () => {
    const { world } = await worldWith({});
    const why = 'admission webhook "policy.test" denied the request: no more than one';
    world.refusing = (request) =>
      request === 'patch ConfigMap' ? new AppError('KubeForbidden', why) : undefined;
    world.git.commit('refs/heads/main', 'two', {
      'a.yaml': configMap('a', '2'),
      'b.yaml': configMap('b', '2'),
    });
    await world.sandbox.clock.advance(62_000);
    expect(await readyOf(world)).to.match(
      /^False ReconciliationFailed: ConfigMap\/shop\/\w dry-run failed \(Forbidden\): .*policy\.test/,
    );
    expect((await world.events('Kustomization')).join('\n')).to.include(why);
    expect(await dataOf(world, 'a')).to.deep.equal({ v: '1' });
    expect(await dataOf(world, 'b')).to.equal(undefined);
    world.refusing = () => undefined;
    await world.sandbox.clock.advance(122_000);
    expect(await readyOf(world)).to.match(/^True/);
    expect(await dataOf(world, 'b')).to.deep.equal({ v: '2' });
    expect(world.failures).to.deep.equal([]);
  });
});
