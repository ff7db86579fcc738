import { expect } from 'chai';
import type { GitRepository, GitRepositorySpec } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';
import { secretOf } from '#test/fakes/source-world.js';

const key = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };

describe('what is in the artifact of a GitRepository', () => {
  const files = async (world: GitopsWorld): Promise<readonly string[]> => {
    const { status } = await world.source();
    const tree = await world.artifacts.fetch({ url: status?.artifact?.url ?? '' });
    return [...tree.keys()];
  };
  const edit = async (world: GitopsWorld, spec: object): Promise<void> => {
    await world.sandbox.kube.patch(key, { type: 'merge', body: { spec } });
    await world.sandbox.clock.settle();
  };

  it('is made anew when the rules change and the revision does not, and only then', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': '', 'b.txt': '' });
    await world.createSource();
    await world.sandbox.clock.settle();
    expect(await files(world)).to.deep.equal(['a.yaml', 'b.txt']);
    await edit(world, { interval: '2m' });
    await world.sandbox.clock.advance(120_000);
    expect(world.git.calls.filter((call) => call.startsWith('fetch'))).to.have.length(1);
    await edit(world, { ignore: '*.txt' });
    expect(await files(world)).to.deep.equal(['a.yaml']);
    const { status } = await world.source();
    expect(status).to.include({ observedIgnore: '*.txt', observedGeneration: 3 });
    expect(world.condition(await world.source(), 'ArtifactInStorage')).to.match(/^True Succeeded/);
    await edit(world, { ignore: null });
    expect((await world.source()).status).to.not.have.property('observedIgnore');
    expect(await files(world)).to.deep.equal(['a.yaml', 'b.txt']);
  });

  it('has the directories that its rules leave empty, and not those that they leave out (flux-semantics 2.4)', async () => {
    const world = new GitopsWorld();
    const tree = { 'a.yaml': '', 'pictures/deep/x.png': '', '.github/ci/x.yaml': '', 'docs/a.md': '' };
    world.git.commit('refs/heads/main', 'one', tree);
    await world.createSource();
    await world.sandbox.clock.settle();
    expect(await files(world)).to.deep.equal(['a.yaml', 'docs/a.md']);
    const path = (await world.source()).status?.artifact?.path ?? '';
    expect([...(world.artifacts.directories.get(path) ?? [])].sort()).to.deep.equal([
      'docs',
      'pictures',
      'pictures/deep',
    ]);
  });

  it('is that of the later commit among equal versions of a range, whose times are fetched once', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/tags/1.0.0', 'later', { 'later.yaml': '' }, 2000);
    world.git.commit('refs/tags/v1.0.0', 'earlier', { 'earlier.yaml': '' }, 1000);
    await world.createSource({ ref: { semver: '1.x' } });
    await world.sandbox.clock.settle();
    expect((await world.source()).status?.artifact?.revision).to.match(/^1\.0\.0@sha1:/);
    expect(await files(world)).to.deep.equal(['later.yaml']);
    const before = world.git.calls.length;
    await world.sandbox.clock.advance(62_000);
    expect(world.git.calls.slice(before)).to.deep.equal(['listRefs']);
  });

  describe('of other repositories', () => {
    const include = [{ repository: { name: 'lib' } }];
    const worldOf = async (spec: Partial<GitRepositorySpec>): Promise<GitopsWorld> => {
      const world = new GitopsWorld();
      world.git.commit('refs/heads/main', 'one', { 'a.yaml': '', 'lib/b.yaml': 'mine' });
      world.git.commit('refs/heads/lib', 'two', { 'b.yaml': 'theirs', 'deploy/c.yaml': '' });
      await world.createSource(spec);
      await world.sandbox.clock.settle();
      return world;
    };
    const createLib = async (world: GitopsWorld, spec: object = {}): Promise<void> => {
      await world.sandbox.kube.create<GitRepository>(kinds.gitRepository, {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name: 'lib', namespace: 'flux-system' },
        spec: { url: 'https://git.test/lib.git', interval: '1m', ref: { branch: 'lib' }, ...spec },
      });
      await world.sandbox.clock.settle();
    };

    it('waits for them, and looks again after 30 s', async () => {
      const world = await worldOf({ include });
      expect(world.condition(await world.source(), 'IncludeUnavailable')).to.match(
        /^True NotFound: could not get resource for include 'lib'/,
      );
      expect(world.condition(await world.source(), 'Ready')).to.match(/^False NotFound/);
      await createLib(world, { suspend: true });
      await world.sandbox.clock.advance(30_000);
      expect(world.condition(await world.source(), 'IncludeUnavailable')).to.equal(
        "True NoArtifact: no artifact available for include 'lib'",
      );
      expect(world.git.calls).to.deep.equal([]);
      const lib = { ...key, name: 'lib' };
      await world.sandbox.kube.patch(lib, { type: 'merge', body: { spec: { suspend: false } } });
      await world.sandbox.clock.advance(30_000);
      expect(world.condition(await world.source(), 'IncludeUnavailable')).to.equal(undefined);
      expect(world.condition(await world.source(), 'Ready')).to.match(/^True/);
    });

    it('puts them where they are wanted, over what is there, and follows their changes at the interval', async () => {
      const world = await worldOf({ suspend: true });
      await createLib(world);
      await edit(world, { include, suspend: false });
      expect(await files(world)).to.have.members(['a.yaml', 'lib/b.yaml', 'lib/deploy/c.yaml']);
      const { status } = await world.source();
      expect(status?.observedInclude).to.deep.equal(include);
      expect(status?.includedArtifacts?.[0]?.revision).to.match(/^lib@sha1:/);
      world.git.commit('refs/heads/lib', 'three', { 'new.yaml': '' });
      await world.sandbox.clock.advance(120_000);
      expect(await files(world)).to.have.members(['a.yaml', 'lib/b.yaml', 'lib/new.yaml']);
      expect((await world.source()).status?.artifact?.revision).to.equal(status?.artifact?.revision);
      await edit(world, { include: null });
      expect(await files(world)).to.deep.equal(['a.yaml', 'lib/b.yaml']);
      expect((await world.source()).status).to.not.have.any.keys('includedArtifacts', 'observedInclude');
    });

    const places: readonly [fromPath: string, toPath: string, said: string | readonly string[]][] = [
      ['deploy', 'x/y', ['a.yaml', 'lib/b.yaml', 'x/y/c.yaml']],
      ['./deploy/', '/', ['a.yaml', 'lib/b.yaml', 'c.yaml']],
      ['', '../x', 'IllegalPath'],
      ['../../etc', 'x', 'CopyFailure'],
      ['absent', 'x', 'CopyFailure'],
    ];
    for (const [fromPath, toPath, said] of places) {
      it(`from "${fromPath}" to "${toPath}" ${typeof said === 'string' ? `is ${said}` : 'is copied'}`, async () => {
        const world = await worldOf({ suspend: true });
        await createLib(world);
        await edit(world, { include: [{ repository: { name: 'lib' }, fromPath, toPath }], suspend: false });
        if (typeof said !== 'string') {
          expect(await files(world)).to.have.members(said);
          return;
        }
        const source = await world.source();
        expect(world.condition(source, 'StorageOperationFailed')).to.match(new RegExp(`^True ${said}: `));
        expect(world.condition(source, 'Ready')).to.match(new RegExp(`^False ${said}: `));
      });
    }
  });
});

describe('the words of a GitRepository', () => {
  const requested = (value: string) => ({
    metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': value } },
  });

  it('are Ready and ArtifactInStorage alone in the end, about this generation', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', {});
    await world.createSource();
    await world.sandbox.clock.settle();
    const { status, metadata } = await world.source();
    expect(status?.conditions?.map(({ type }) => type)).to.deep.equal(['Ready', 'ArtifactInStorage']);
    expect(status?.observedGeneration).to.equal(metadata.generation);
  });

  it('note the request that was answered, also when it failed', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', {});
    await world.createSource();
    await world.sandbox.clock.settle();
    await world.sandbox.kube.patch(key, { type: 'merge', body: requested('one') });
    await world.sandbox.clock.settle();
    expect((await world.source()).status?.lastHandledReconcileAt).to.equal('one');
    await world.sandbox.kube.patch(key, {
      type: 'merge',
      body: { ...requested('two'), spec: { ref: { branch: 'gone' } } },
    });
    await world.sandbox.clock.settle();
    const { status } = await world.source();
    expect(status?.lastHandledReconcileAt).to.equal('two');
    expect(status?.observedGeneration).to.equal(1);
    expect(status?.artifact?.revision).to.match(/^main@/);
  });

  it('tell of the recovery when nothing new came with it', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', {});
    await world.createSource();
    await world.sandbox.clock.settle();
    const body = (branch: string) => ({ spec: { ref: { branch } } });
    await world.sandbox.kube.patch(key, { type: 'merge', body: body('gone') });
    await world.sandbox.clock.settle();
    await world.sandbox.kube.patch(key, { type: 'merge', body: body('main') });
    await world.sandbox.clock.settle();
    const told = await world.events('GitRepository');
    expect(told.map((line) => line.split(':')[0])).to.deep.equal([
      'NewArtifact',
      'GitOperationFailed',
      'Succeeded',
    ]);
    expect(world.condition(await world.source(), 'FetchFailed')).to.equal(undefined);
  });

  it('leave a suspended object as it is', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', {});
    await world.createSource();
    await world.sandbox.clock.settle();
    const before = (await world.source()).status;
    await world.sandbox.kube.patch(key, {
      type: 'merge',
      body: { spec: { suspend: true, ref: { branch: 'x' } } },
    });
    await world.sandbox.clock.advance(600_000);
    expect((await world.source()).status).to.deep.equal(before);
    expect(world.git.calls.filter((call) => call === 'listRefs')).to.have.length(1);
  });
});

describe('the providers of a GitRepository', () => {
  const cases: readonly [what: string, spec: Partial<GitRepositorySpec>, type: string, said: RegExp][] = [
    [
      'github without a Secret stalls',
      { provider: 'github' },
      'Stalled',
      /^True InvalidProviderConfiguration: secretRef with github app data must be specified when provider is set to github$/,
    ],
    [
      'github with a Secret of something else stalls',
      { provider: 'github', secretRef: { name: 'login' } },
      'Stalled',
      /^True InvalidProviderConfiguration: secretRef with github app data/,
    ],
    [
      'keys of an app without github stall',
      { secretRef: { name: 'app' } },
      'Stalled',
      /^True InvalidProviderConfiguration: secretRef 'flux-system\/app' has github app data but provider is not set to github$/,
    ],
    [
      'an app with two installations fails',
      { provider: 'github', secretRef: { name: 'both' } },
      'FetchFailed',
      /^True AuthenticationFailed: .*exactly one of githubAppInstallationID and githubAppInstallationOwner/,
    ],
    [
      'aws with a service account stalls',
      { provider: 'aws', serviceAccountName: 'x' },
      'Stalled',
      /^True FeatureGateDisabled: /,
    ],
    [
      'azure stalls',
      { provider: 'azure' },
      'Stalled',
      /^True InvalidProviderConfiguration: spec\.provider: "azure" is not/,
    ],
    [
      'a proxy without an address fails',
      { proxySecretRef: { name: 'login' } },
      'FetchFailed',
      /^True AuthenticationFailed: Secret\/flux-system\/login: key 'address' must be/,
    ],
    [
      'a proxy for ssh stalls',
      { url: 'ssh://git.test/app', proxySecretRef: { name: 'login' } },
      'Stalled',
      /^True InvalidProviderConfiguration: spec\.proxySecretRef: is not served for ssh URLs/,
    ],
    [
      'a URL with a password stalls',
      { url: 'https://u:p@git.test/app' },
      'Stalled',
      /^True URLInvalid: spec\.url: must not hold a password/,
    ],
  ];
  for (const [what, spec, type, said] of cases) {
    it(what, async () => {
      const app = { githubAppID: '1', githubAppPrivateKey: 'k', githubAppInstallationID: '2' };
      const secrets = [
        secretOf('login', { username: 'u', password: 'p' }),
        secretOf('app', app),
        secretOf('both', { ...app, githubAppInstallationOwner: 'o' }),
      ];
      const world = new GitopsWorld(secrets);
      world.git.commit('refs/heads/main', 'one', {});
      await world.createSource(spec);
      await world.sandbox.clock.settle();
      expect(world.condition(await world.source(), type)).to.match(said);
      expect(world.git.calls).to.deep.equal([]);
    });
  }

  it('github with its keys logs in with a token, and a user in the URL is no secret', async () => {
    const app = { githubAppID: '1', githubAppPrivateKey: 'k', githubAppInstallationID: '2' };
    const world = new GitopsWorld([secretOf('app', app)]);
    world.git.commit('refs/heads/main', 'one', {});
    const url = 'https://robot@git.test/app';
    await world.createSource({ provider: 'github', secretRef: { name: 'app' }, url });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.source(), 'Ready')).to.match(/^True/);
    expect(world.git.logins.at(-1)?.basic).to.deep.equal({ username: 'x-access-token', password: 'token' });
  });
});
