import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { GitRepositoryRef } from '#api/flux/git-repository.js';
import { treeOf } from '../file-tree.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { parseGitCredentials } from './git/git-credentials.js';
import { resolveGitRef, tiedTags } from './git/git-refs.js';
import { ignoreRules } from './ignore-rules.js';

const hash = (digit: string) => digit.repeat(40);

describe('revision of a Git source', () => {
  const refs = {
    HEAD: hash('1'),
    'refs/heads/main': hash('1'),
    'refs/heads/master': hash('2'),
    'refs/tags/v1.2.3': hash('3'),
    'refs/tags/v1.10.0': hash('4'),
    'refs/tags/v2.0.0-rc.1': hash('5'),
    'refs/tags/1.9': hash('6'),
    'refs/pull/1/head': hash('7'),
  };
  const good: readonly [ref: GitRepositoryRef | undefined, revision: string][] = [
    [undefined, `master@sha1:${hash('2')}`],
    [{ branch: 'main' }, `main@sha1:${hash('1')}`],
    [{ tag: 'v1.2.3', semver: '>=1.0.0' }, `v1.2.3@sha1:${hash('3')}`],
    [{ semver: '1.x' }, `v1.10.0@sha1:${hash('4')}`],
    [{ semver: '>=2.0.0-0' }, `v2.0.0-rc.1@sha1:${hash('5')}`],
    [{ semver: '>=1.0.0-0' }, `v2.0.0-rc.1@sha1:${hash('5')}`],
    [{ semver: '>=1.0.0-0, <2.0.0' }, `v1.10.0@sha1:${hash('4')}`],
    [{ semver: '>=3.0.0 || ~1.2' }, `v1.2.3@sha1:${hash('3')}`],
    [{ name: 'refs/pull/1/head', tag: 'v1.2.3' }, `refs/pull/1/head@sha1:${hash('7')}`],
    [{ commit: hash('9') }, `sha1:${hash('9')}`],
    [{ commit: hash('9'), branch: 'main' }, `main@sha1:${hash('9')}`],
    [{ commit: 'a'.repeat(64) }, `sha256:${'a'.repeat(64)}`],
  ];
  for (const [ref, revision] of good) {
    it(`is ${revision.slice(0, 24)} for ${JSON.stringify(ref)}`, () => {
      expect(resolveGitRef(ref, { refs })).to.include({ ok: true, revision });
    });
  }
  const tied = {
    'refs/tags/v1.0.0': hash('1'),
    'refs/tags/1.0.0': hash('2'),
    'refs/tags/1.0.0+b': hash('3'),
  };
  const times: readonly (readonly [Record<string, number>, string])[] = [
    [{ [hash('1')]: 2, [hash('2')]: 1, [hash('3')]: 1 }, 'v1.0.0'],
    [{ [hash('1')]: 1, [hash('2')]: 2, [hash('3')]: 1 }, '1.0.0'],
    [{ [hash('1')]: 1, [hash('2')]: 2, [hash('3')]: 3 }, '1.0.0+b'],
  ];
  for (const [committed, tag] of times) {
    it(`is the tag of the latest commit among equal versions: ${tag} (flux-semantics 3.3)`, () => {
      const resolved = resolveGitRef({ semver: '1.x' }, { refs: tied, committed });
      expect(resolved).to.deep.include({ ok: true, ref: `refs/tags/${tag}` });
    });
  }

  it('needs the times of commits only where equal versions name different ones', () => {
    expect(tiedTags({ semver: '1.x' }, { refs: tied }).map(({ commit }) => commit)).to.have.members(
      Object.values(tied),
    );
    const same = Object.fromEntries(Object.keys(tied).map((ref) => [ref, hash('1')]));
    expect(tiedTags({ semver: '1.x' }, { refs: same })).to.deep.equal([]);
    expect(tiedTags({ semver: '1.x', tag: 'v1.0.0' }, { refs: tied })).to.deep.equal([]);
    expect(tiedTags({ semver: '1.x' }, { refs })).to.deep.equal([]);
  });

  const bad: readonly [ref: GitRepositoryRef, problem: string][] = [
    [{ branch: 'absent' }, `couldn't find remote ref "refs/heads/absent"`],
    [{ semver: '>=3.0.0' }, 'no match found for semver: >=3.0.0'],
    [{ semver: 'no range' }, 'semver range "no range" does not parse'],
  ];
  for (const [ref, problem] of bad) {
    it(`is a problem for ${JSON.stringify(ref)}`, () => {
      expect(resolveGitRef(ref, { refs })).to.deep.equal({ ok: false, problem });
    });
  }
});

describe('ignore rules', () => {
  const kept = (files: Readonly<Record<string, string>>, specIgnore?: string) => {
    const tree = treeOf(
      Object.entries(files).map(([path, text]) => {
        return { path, content: new TextEncoder().encode(text), isExecutable: false };
      }),
    );
    const isIgnored = ignoreRules(tree, specIgnore);
    return Object.keys(files).filter((path) => !isIgnored(path));
  };
  const files = {
    'a.yaml': '',
    'logo.png': '',
    '.github/ci.yaml': '',
    'sub/.sops.yaml': '',
    '.gitignore': '',
  };

  it('leave out version control, pictures and pipelines by default', () => {
    expect(kept(files)).to.deep.equal(['a.yaml']);
  });
  it('drop the defaults as soon as the user has any, except those of version control', () => {
    expect(kept(files, 'sub/')).to.deep.equal(['a.yaml', 'logo.png', '.github/ci.yaml']);
    expect(kept({ ...files, '.sourceignore': '# nothing\n\n' })).to.deep.equal(['a.yaml', '.sourceignore']);
  });
  it('are valid in their directory, and the last match wins', () => {
    const tree = { 'x/.sourceignore': '*.txt\n!keep.txt', 'x/a.txt': '', 'x/keep.txt': '', 'y/a.txt': '' };
    expect(kept(tree)).to.deep.equal(['x/.sourceignore', 'x/keep.txt', 'y/a.txt']);
    expect(kept(tree, 'keep.txt')).to.deep.equal(['x/.sourceignore', 'y/a.txt']);
  });
  it('can take everything out but one directory, and take back a file of a directory', () => {
    const tree = { 'deploy/a.yaml': '', 'docs/b.md': '', 'docs/keep.md': '', 'c.yaml': '' };
    expect(kept(tree, '/*\n!/deploy')).to.deep.equal(['deploy/a.yaml']);
    expect(kept(tree, 'docs/\n!docs/keep.md')).to.deep.equal(['deploy/a.yaml', 'docs/keep.md', 'c.yaml']);
  });
});

describe('credentials of a Git source', () => {
  const parse = (url: string, values: Record<string, string>) => {
    const result = parseGitCredentials({ url }, values, 'Secret/a/b');
    return result.ok ? result.value : result.problem.message;
  };
  it('are basic, bearer or a key by what the Secret holds', () => {
    expect(parse('https://x', { username: 'u', password: 'p' })).to.deep.equal({
      basic: { username: 'u', password: 'p' },
    });
    expect(parse('https://x', { bearerToken: 't', 'ca.crt': 'c' })).to.deep.equal({
      bearerToken: 't',
      caCertificate: 'c',
    });
    expect(parse('ssh://x', { identity: 'i', known_hosts: 'k', password: 'p' })).to.deep.equal({
      ssh: { identity: 'i', knownHosts: 'k', passphrase: 'p' },
    });
  });
  it('are a problem that names the key', () => {
    expect(parse('https://x', { username: 'u' })).to.equal("Secret/a/b: key 'password' is missing");
    expect(parse('https://x', { bearerToken: 't', username: 'u' })).to.match(/holds both/);
    expect(parse('ssh://x', { identity: 'i' })).to.match(/key 'known_hosts' is missing/);
    expect(parse('https://x', { githubAppID: '1' })).to.match(/github app data/);
  });
});

describe('SHA-256', () => {
  for (const length of [0, 3, 55, 56, 63, 64, 65, 1000]) {
    it(`agrees with the platform for ${length} bytes`, () => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
      expect(sha256Hex(bytes)).to.equal(createHash('sha256').update(bytes).digest('hex'));
    });
  }
});
