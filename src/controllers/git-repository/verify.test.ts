import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { readKey } from 'openpgp';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import type { GitRepositorySpec } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { FakeArtifactStore } from '#test/fakes/artifact-store.js';
import { GitRepos } from '#test/fakes/git-repo.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';
import { pgpSigner, signCommit, signTag, sshSigner, type Signer } from '#test/fakes/signed-git.js';
import { secretOf } from '#test/fakes/source-world.js';

describe('signatures of a GitRepository', () => {
  let repos: GitRepos;
  let server: GitServer;
  let pgp: Signer;
  let other: Signer;
  let ssh: Signer;

  before(async () => {
    repos = new GitRepos();
    server = await serveGit(repos.directory);
    [pgp, other] = [await pgpSigner(), await pgpSigner()];
    ssh = sshSigner(repos, 'ed25519');
  });
  after(async () => {
    await server.close();
    repos.remove();
  });

  let count = 0;
  /** A fresh repository with one commit. */
  const fresh = (): string => {
    const name = `app-${(count += 1)}`;
    repos.init(name);
    repos.commit(name, { 'a.yaml': 'a: 1' });
    return name;
  };
  const worldOf = async (
    repository: string,
    keys: Readonly<Record<string, string>>,
    spec: Partial<GitRepositorySpec> = {},
  ): Promise<GitopsWorld> => {
    const store = new FakeArtifactStore();
    const real = { git: createGitCli(), artifacts: store, fetcher: store };
    const world = new GitopsWorld([secretOf('keys', keys)], real);
    const verify = { mode: 'HEAD' as const, secretRef: { name: 'keys' } };
    await world.createSource({ url: `${server.url}/${repository}`, verify, ...spec });
    await world.sandbox.clock.settle();
    return world;
  };
  const says = async (world: GitopsWorld, type = 'SourceVerified') =>
    world.condition(await world.source(), type);
  const keyIdOf = async (signer: Signer) =>
    (await readKey({ armoredKey: signer.publicKey })).getKeyID().toHex().toUpperCase();

  it('name the PGP key of the commit', async () => {
    const repository = fresh();
    const commit = await signCommit(repos, repository, pgp);
    const world = await worldOf(repository, { 'a.asc': other.publicKey, 'b.asc': pgp.publicKey });
    expect(await says(world)).to.equal(
      `True Succeeded: verified signature of\n\t- commit '${commit}' with key '${await keyIdOf(pgp)}'`,
    );
    const { status } = await world.source();
    expect(status?.sourceVerificationMode).to.equal('HEAD');
    expect(await says(world, 'Ready')).to.match(/^True/);
  });

  for (const type of ['ed25519', 'rsa', 'ecdsa']) {
    it(`name the fingerprint of the SSH key (${type}) of the commit`, async () => {
      const repository = fresh();
      const signer = type === 'ed25519' ? ssh : sshSigner(repos, type);
      const commit = await signCommit(repos, repository, signer);
      const allowed = `# people\nssh-dss AAAA nobody\n${signer.publicKey}`;
      const world = await worldOf(repository, { 'people.sshpub': allowed });
      const blob = Buffer.from(signer.publicKey.split(' ')[1] ?? '', 'base64');
      const fingerprint = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
      expect(await says(world)).to.equal(
        `True Succeeded: verified signature of\n\t- commit '${commit}' with key 'SHA256:${fingerprint}'`,
      );
    });
  }

  it('are of tag and commit, the tag first', async () => {
    const repository = fresh();
    const commit = await signCommit(repos, repository, ssh);
    const tag = await signTag(repos, repository, 'v1.0.0', pgp);
    const keys = { 'a.sshpub': ssh.publicKey, 'b.asc': pgp.publicKey };
    const verify = { mode: 'TagAndHEAD' as const, secretRef: { name: 'keys' } };
    const world = await worldOf(repository, keys, { ref: { semver: '1.x' }, verify });
    expect(await says(world)).to.match(
      new RegExp(
        `^True Succeeded: verified signature of\n\t- tag 'v1\\.0\\.0@sha1:${tag}' with key '[0-9A-F]{16}'\n\t- commit '${commit}' with key 'SHA256:`,
      ),
    );
  });

  it('are checked again when more is to be checked, and not when less is', async () => {
    const repository = fresh();
    const commit = await signCommit(repos, repository, pgp);
    repos.git(repository, ['tag', 'v1']);
    const ref = { tag: 'v1' };
    const world = await worldOf(repository, { 'a.asc': pgp.publicKey }, { ref });
    expect(await says(world)).to.match(/^True/);
    const key = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };
    const edit = async (mode: string) => {
      await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { verify: { mode } } } });
      await world.sandbox.clock.settle();
    };
    await edit('TagAndHEAD');
    expect(await says(world)).to.equal(
      `False InvalidGitObject: cannot verify signature of tag 'v1@sha1:${commit}' since it is not signed`,
    );
    expect(await says(world, 'Stalled')).to.equal(undefined);
    await edit('head');
    expect(await says(world)).to.match(/^True/);
    expect((await world.source()).status?.sourceVerificationMode).to.equal('HEAD');
  });

  it('go when nothing is to be verified any more', async () => {
    const repository = fresh();
    await signCommit(repos, repository, pgp);
    const world = await worldOf(repository, { 'a.asc': pgp.publicKey });
    const key = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { verify: null } } });
    await world.sandbox.clock.settle();
    expect(await says(world)).to.equal(undefined);
    expect((await world.source()).status?.sourceVerificationMode).to.equal(undefined);
  });

  it('of a tag need a ref that is one: else it stalls', async () => {
    const verify = { mode: 'Tag' as const, secretRef: { name: 'keys' } };
    const world = await worldOf(fresh(), { 'a.asc': pgp.publicKey }, { verify });
    const said =
      "InvalidVerificationMode: cannot verify tag object's signature if a tag reference is not specified";
    expect(await says(world)).to.equal(`False ${said}`);
    expect(await says(world, 'Stalled')).to.equal(`True ${said}`);
  });

  describe('that are no good keep what was stored before', () => {
    const why = 'unable to verify payload with any of the given key rings';
    const cases: readonly [what: string, sign: (repository: string) => Promise<string>, why: string][] = [
      ['of another key', (repository) => signCommit(repos, repository, other), why],
      [
        'of nobody',
        async (repository) => repos.git(repository, ['rev-parse', 'HEAD']),
        'unable to verify payload as the provided signature is empty',
      ],
      [
        'of an SSH key that is not known',
        (repository) => signCommit(repos, repository, ssh),
        'unable to verify payload with any of the given authorized keys',
      ],
    ];
    for (const [what, sign, said] of cases) {
      it(what, async () => {
        const repository = fresh();
        const good = await signCommit(repos, repository, pgp);
        const world = await worldOf(repository, { 'a.asc': pgp.publicKey });
        repos.commit(repository, { 'a.yaml': 'a: 2' });
        const bad = await sign(repository);
        await world.sandbox.clock.advance(60_000);
        const message = `InvalidCommitSignature: signature verification of commit '${bad}' failed: unable to verify Git commit: ${said}`;
        expect(await says(world)).to.equal(`False ${message}`);
        expect(await says(world, 'Ready')).to.equal(`False ${message}`);
        expect((await world.source()).status?.artifact?.revision).to.equal(`main@sha1:${good}`);
        expect(await world.events('GitRepository')).to.include(message);
        repos.git(repository, ['update-ref', 'refs/heads/main', good]);
        await world.sandbox.clock.advance(5_000);
        expect(await says(world)).to.match(/^True/);
      });
    }
    it('of a key whose Secret is not there', async () => {
      const verify = { mode: 'HEAD' as const, secretRef: { name: 'absent' } };
      const world = await worldOf(fresh(), {}, { verify });
      expect(await says(world)).to.match(
        /^False VerificationError: PGP public keys secret error: Secret\/flux-system\/absent: not found/,
      );
    });
    it('of an SSH key for something else than Git', async () => {
      const repository = fresh();
      await signCommit(repos, repository, sshSigner(repos, 'ed25519', 'file'));
      const world = await worldOf(repository, { 'a.sshpub': ssh.publicKey });
      expect(await says(world)).to.match(/^False InvalidCommitSignature: .*is for "file" and not for "git"$/);
    });
  });
});
