import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import { treeOf } from '#core/gitops/file-tree.js';
import { parseManifests } from '#core/gitops/build/manifests.js';
import { failure } from '#test/fakes/failure.js';
import { createKustomizeBinary, findKustomize } from './kustomize-binary.js';

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
  const failureOf = (binary: string, timeoutMs = 5_000) =>
    failure(createKustomizeBinary({ binary, timeoutMs }).render(tree, 'app'));
  before(() => (directory = mkdtempSync(join(tmpdir(), 'sluice-test-kustomize-'))));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('gets the directory as its argument, nothing of our environment but PATH, and no way out', async () => {
    const body = `
      const { readFileSync } = require('node:fs');
      const [verb, , path] = process.argv.slice(2);
      const file = readFileSync(path + '/kustomization.yaml', 'utf8');
      console.log(JSON.stringify({ verb, file, environment: Object.keys(process.env) }));`;
    const kustomize = createKustomizeBinary({ binary: program('kustomize', body) });
    const environment = ['PATH', 'HOME', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'GIT_ALLOW_PROTOCOL'];
    const seen: unknown = JSON.parse(await kustomize.render(tree, 'app'));
    expect(seen).to.deep.equal({ verb: 'build', file: 'resources: []', environment });
    const kubectl = createKustomizeBinary({ binary: program('kubectl', body) });
    expect(JSON.parse(await kubectl.render(tree, 'app'))).to.include({ verb: 'kustomize' });
  });

  it('fails with what the tool said, with paths of the source', async () => {
    const body = `process.stderr.write('# Warning: old\\nError: bad file ' + process.argv[4] + '/x.yaml\\n'); process.exit(1);`;
    const error = await failureOf(program('failing', body));
    expect(error).to.include({
      code: 'BuildFailed',
      message: 'kustomize build failed: Error: bad file app/x.yaml',
    });
  });

  it('is found in a folder of PATH, or not', () => {
    const own = program('kustomize', '');
    expect(findKustomize(['/nowhere', dirname(own)].join(delimiter))).to.equal(own);
    expect(findKustomize('/nowhere')).to.equal(undefined);
    expect(findKustomize(undefined)).to.equal(undefined);
  });

  it('fails when the tool takes too long or is not there', async () => {
    const slow = await failureOf(program('slow', 'setInterval(() => {}, 1000)'), 200);
    expect(slow.message).to.match(/took longer than 0\.2s/);
    const absent = join(directory, 'absent');
    expect(await failureOf(absent)).to.include({
      code: 'ToolMissing',
      message: `kustomize: "${absent}" was not found; install it or change --kustomize-binary`,
    });
  });

  it('may be the kubectl of this machine', async function () {
    if (spawnSync('kubectl', ['version', '--client']).status !== 0) this.skip();
    const overlay = treeOf([
      text('base/kustomization.yaml', 'resources: [map.yaml]'),
      text('base/map.yaml', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {v: "1"}}'),
      text('app/kustomization.yaml', 'resources: [../base]\nnamePrefix: shop-\nnamespace: shop\n'),
    ]);
    const kubectl = createKustomizeBinary({ binary: 'kubectl' });
    const rendered = parseManifests('kustomize output', await kubectl.render(overlay, 'app'));
    expect(rendered).to.deep.equal({
      ok: true,
      value: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'shop-a', namespace: 'shop' },
          data: { v: '1' },
        },
      ],
    });
  }).timeout(20_000);
});
