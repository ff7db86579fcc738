import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Name of the built-in app beside the bundle. */
const bundledName = 'pod-app.mjs';

/**
 * The built-in app as a JavaScript file: the one beside the bundle, or in a source tree one made from app.ts.
 */
export async function prepareAppFile(): Promise<string> {
  const bundled = fileURLToPath(new URL(bundledName, import.meta.url));
  if (existsSync(bundled)) return bundled;
  const source = fileURLToPath(new URL('../app.ts', import.meta.url));
  const { build } = await import('esbuild');
  const outfile = join(mkdtempSync(join(tmpdir(), 'sluice-app-')), bundledName);
  await build({
    entryPoints: [source],
    outfile,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });
  return outfile;
}
