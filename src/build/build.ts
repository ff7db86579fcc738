import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build, type BuildOptions } from 'esbuild';
import { buildPage } from '../ui/build.js';
import { sbomOf } from './sbom.js';

// Some dependencies are CommonJS inside and call `require` for Node's own modules.
const requireBanner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

const forNode: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

const packageJson: unknown = JSON.parse(await readFile('package.json', 'utf8'));

await rm('dist', { recursive: true, force: true });
const program = await build({
  ...forNode,
  metafile: true,
  entryPoints: ['src/cli/entry.ts'],
  outfile: 'dist/sluice.mjs',
  sourcemap: 'external',
  banner: { js: requireBanner },
  define: { SLUICE_VERSION: JSON.stringify(versionOf(packageJson)) },
  // Optional: speed-ups of ws, which only interactive exec would use, and colours of debug; the builder itself, which only a source tree uses.
  external: ['bufferutil', 'utf-8-validate', 'supports-color', 'esbuild'],
});
await chmod('dist/sluice.mjs', 0o755);
await build({ ...forNode, entryPoints: ['src/sandbox/pods/app.ts'], outfile: 'dist/pod-app.mjs' });
const page = await buildPage('dist/ui');
const sbom = sbomOf({
  name: 'sluice',
  version: versionOf(packageJson),
  license: 'Apache-2.0',
  lockfile: JSON.parse(await readFile('package-lock.json', 'utf8')),
  bundled: [...Object.keys(program.metafile.inputs), ...page.inputs],
});
await writeFile('dist/sbom.json', `${JSON.stringify(sbom, null, 2)}\n`);

function versionOf(manifest: unknown): string {
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isVersioned ? String(manifest.version) : 'dev';
}
