import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createRepository, type DemoRepository } from './repository.js';

const run = promisify(execFile);

describe('the repository of the demo', () => {
  let folder: string;
  let repository: DemoRepository;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-repository-'));
    const source = join(folder, 'source');
    await mkdir(source);
    await writeFile(
      join(source, 'web.yaml'),
      'image: sluice.dev/shop:v1\n---\nimage: example.org/other:v1\n',
    );
    await writeFile(join(source, 'README.md'), 'image: sluice.dev/shop:v1\n');
    repository = await createRepository(source, folder);
  });
  after(async () => {
    await repository.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What somebody finds who clones over HTTP. */
  async function cloned(file: string): Promise<string> {
    const target = await mkdtemp(join(folder, 'clone-'));
    await run('git', ['clone', '--quiet', repository.url, target], { env: { PATH: process.env['PATH'] } });
    return (await run('cat', [join(target, file)])).stdout;
  }

  it('serves the files of its first commit', async () => {
    expect(await cloned('web.yaml')).to.match(/^image: sluice\.dev\/shop:v1\n/);
  });
  it('commits a new tag of the shop in manifests alone, and goes back', async () => {
    const hash = await repository.setImageTag('v2', 'shop: v2');
    expect(hash).to.match(/^[\da-f]{7,}$/);
    expect(await cloned('web.yaml')).to.equal(
      'image: sluice.dev/shop:v2\n---\nimage: example.org/other:v1\n',
    );
    expect(await cloned('README.md')).to.equal('image: sluice.dev/shop:v1\n');
    expect(await repository.revertLast()).not.to.equal(hash);
    expect(await cloned('web.yaml')).to.match(/^image: sluice\.dev\/shop:v1\n/);
  });
  it('commits an edit of one file', async () => {
    const edited = await repository.edit('README.md', [['v1', 'v9']], 'readme');
    expect(edited).to.match(/^[\da-f]{40}$/);
    expect(await cloned('README.md')).to.equal('image: sluice.dev/shop:v9\n');
  });
});
