import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { treeOf } from '#core/gitops/file-tree.js';
import { AppError } from '#ports/errors.js';
import { createKustomizeBinary } from './kustomize-binary.js';

const text = (path: string, content: string) => {
  return { path, content: new TextEncoder().encode(content), isExecutable: false };
};
const tree = treeOf([text('app/kustomization.yaml', 'resources: []')]);

describe('kustomize binary', () => {
  let directory: string;
  /** A program in the place of kustomize. */
  const program = (name: string, body: string) => {
    const path = join(directory, name);
    writeFileSync(path, `#!${process.execPath}\n${body}`);
    chmodSync(path, 0o700);
    return path;
  };
  const failure = async (binary: string, timeoutMs = 5_000) => {
    try {
      await createKustomizeBinary({ binary, timeoutMs }).render(tree, 'app');
    } catch (thrown) {
      if (thrown instanceof AppError) return thrown;
    }
    throw new Error('nothing was thrown');
  };
  before(() => (directory = mkdtempSync(join(tmpdir(), 'sluice-test-kustomize-'))));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('gets the directory as its argument and nothing of our environment', async () => {
    const body = `
      const { readFileSync } = require('node:fs');
      const [verb, , path] = process.argv.slice(2);
      const file = readFileSync(path + '/kustomization.yaml', 'utf8');
      console.log(JSON.stringify({ verb, file, environment: Object.keys(process.env) }));`;
    const kustomize = createKustomizeBinary({ binary: program('kustomize', body) });
    const seen: unknown = JSON.parse(await kustomize.render(tree, 'app'));
    expect(seen).to.deep.equal({ verb: 'build', file: 'resources: []', environment: ['HOME'] });
    const kubectl = createKustomizeBinary({ binary: program('kubectl', body) });
    expect(JSON.parse(await kubectl.render(tree, 'app'))).to.include({ verb: 'kustomize' });
  });

  it('fails with what the tool said, with paths of the source', async () => {
    const body = `process.stderr.write('# Warning: old\\nError: bad file ' + process.argv[4] + '/x.yaml\\n'); process.exit(1);`;
    const error = await failure(program('failing', body));
    expect(error).to.include({
      code: 'BuildFailed',
      message: 'kustomize build failed: Error: bad file app/x.yaml',
    });
  });

  it('fails when the tool takes too long or is not there', async () => {
    const slow = await failure(program('slow', 'setInterval(() => {}, 1000)'), 200);
    expect(slow.message).to.match(/took longer than 0\.2s/);
    expect((await failure(join(directory, 'absent'))).code).to.equal('ToolMissing');
  });
});
