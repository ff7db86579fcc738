import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

// Some dependencies are CommonJS inside and call `require` for Node's own modules.
const requireBanner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

const packageJson: unknown = JSON.parse(await readFile('package.json', 'utf8'));

await rm('dist/sluice.mjs', { force: true });
await build({
  entryPoints: ['src/cli/entry.ts'],
  outfile: 'dist/sluice.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: requireBanner },
  define: { SLUICE_VERSION: JSON.stringify(versionOf(packageJson)) },
  // Optional speed-ups of ws, which only interactive exec would use.
  external: ['bufferutil', 'utf-8-validate'],
});
await chmod('dist/sluice.mjs', 0o755);

function versionOf(manifest: unknown): string {
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isVersioned ? String(manifest.version) : 'dev';
}
