import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { expect } from 'chai';
import { pack } from 'tar-stream';
import { instantOf } from '#core/time/instant.js';
import { failure } from '#test/fakes/failure.js';
import { createDiskStore } from './disk-store.js';
import { createHttpFetcher } from './http-fetcher.js';
import { serveArtifacts, type ArtifactServer } from './http-server.js';
import { packTree, unpackTree } from './tarball.js';

const owner = { kind: 'GitRepository', namespace: 'flux-system', name: 'app' };
const file = (path: string, text: string, isExecutable = false) => {
  return { path, content: new TextEncoder().encode(text), isExecutable };
};

describe('artifact store', () => {
  let directory: string;
  let server: ArtifactServer;
  const clock = { now: () => instantOf(Date.parse('2026-01-01T00:00:00Z')), schedule: () => () => undefined };
  const store = () => createDiskStore({ directory, baseUrl: () => server.url, clock });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-test-artifacts-'));
    server = await serveArtifacts(directory, '127.0.0.1', 0);
  });
  afterEach(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('packs equal trees into equal bytes in the normal form', async () => {
    const tarball = await packTree([file('b/run.sh', 'x', true), file('a.yaml', 'y'), file('b.yaml', 'z')]);
    const again = await packTree([file('b.yaml', 'z'), file('a.yaml', 'y'), file('b/run.sh', 'x', true)]);
    expect(tarball.equals(again)).to.equal(true);
    const tar = await promisify(gunzip)(tarball);
    const header = (at: number) => ({
      name: tar
        .subarray(at, at + 100)
        .toString()
        .replaceAll('\0', ''),
      mode: Number.parseInt(tar.subarray(at + 100, at + 107).toString(), 8),
      mtime: tar.subarray(at + 136, at + 147).toString(),
    });
    const zero = '00000000000';
    expect(header(0)).to.deep.equal({ name: '.', mode: 0o750, mtime: zero });
    expect(header(512)).to.deep.equal({ name: 'a.yaml', mode: 0o600, mtime: zero });
    expect(header(1536)).to.deep.equal({ name: 'b', mode: 0o750, mtime: zero });
    expect(header(2048)).to.deep.equal({ name: 'b/run.sh', mode: 0o700, mtime: zero });
    const tree = await unpackTree(tarball);
    expect([...tree.keys()]).to.deep.equal(['a.yaml', 'b/run.sh', 'b.yaml']);
    expect(tree.get('b/run.sh')?.isExecutable).to.equal(true);
  });

  it('serves what it stored, and the fetcher checks it', async () => {
    const stored = await store().write(owner, 'abc.tar.gz', [file('a.yaml', 'y')]);
    expect(stored.path).to.equal('gitrepository/flux-system/app/abc.tar.gz');
    const fetcher = createHttpFetcher();
    expect([...(await fetcher.fetch(stored)).keys()]).to.deep.equal(['a.yaml']);
    const other = { ...stored, digest: `sha256:${'0'.repeat(64)}` };
    expect((await failure(fetcher.fetch(other))).code).to.equal('ArtifactCorrupt');
    const absent = { ...stored, url: `${server.url}/gitrepository/flux-system/app/no.tar.gz` };
    expect((await failure(fetcher.fetch(absent))).code).to.equal('ArtifactMissing');
    const outside = `${server.url}/gitrepository/flux-system/app/..%2f..%2fx`;
    expect((await failure(fetcher.fetch({ ...stored, url: outside }))).code).to.equal('ArtifactMissing');
  });

  it('tells intact from missing from corrupt', async () => {
    const stored = await store().write(owner, 'abc.tar.gz', [file('a.yaml', 'y')]);
    const artifact = { ...stored, revision: 'main@sha1:abc', lastUpdateTime: '' };
    expect(await store().verify(artifact)).to.equal('intact');
    writeFileSync(join(directory, stored.path), 'x');
    expect(await store().verify(artifact)).to.equal('corrupt');
    rmSync(join(directory, stored.path));
    expect(await store().verify(artifact)).to.equal('missing');
  });

  it('keeps the current file and the youngest, and nothing older than the retention', async () => {
    const now = clock.now() / 1000;
    const ages: readonly (readonly [name: string, seconds: number])[] = [
      ['current', 600],
      ['young', 10],
      ['younger', 5],
      ['old', 300],
    ];
    for (const [name, age] of ages) {
      const { path } = await store().write(owner, `${name}.tar.gz`, [file('a', name)]);
      utimesSync(join(directory, path), now - age, now - age);
    }
    await store().collect(owner, 'gitrepository/flux-system/app/current.tar.gz');
    const left = readdirSync(join(directory, 'gitrepository/flux-system/app'));
    expect(left.sort()).to.deep.equal(['current.tar.gz', 'younger.tar.gz']);
    expect(await store().remove(owner)).to.equal(2);
  });

  for (const [what, header] of [
    ['an entry that leaves the tree', { name: '../evil' }],
    ['an absolute entry', { name: '/etc/evil' }],
    ['a link', { name: 'a', type: 'symlink', linkname: '/etc/passwd' }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const tar = pack();
      tar.entry(header, '');
      tar.finalize();
      const chunks: Buffer[] = [];
      for await (const chunk of tar) chunks.push(chunk as Buffer);
      const tarball = await promisify(gzip)(Buffer.concat(chunks));
      expect((await failure(unpackTree(tarball))).code).to.equal('ArtifactCorrupt');
    });
  }

  it('refuses what is no tarball', async () => {
    expect((await failure(unpackTree(readFileSync('package.json')))).message).to.match(/no gzip/);
  });
});
