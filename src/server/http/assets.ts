import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the page, held in memory. */
interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The built page: its shell and its hashed files by name. */
export interface Assets {
  /** `undefined`: the page was not built. */
  readonly shell: string | undefined;
  readonly files: ReadonlyMap<string, Asset>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads the built page into memory. A folder that is not there is a page that was not built. */
export async function loadAssets(folder: string): Promise<Assets> {
  const names = existsSync(folder) ? await readdir(folder) : undefined;
  if (names === undefined) return { shell: undefined, files: new Map() };
  const files = new Map<string, Asset>();
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const body = new Uint8Array(await readFile(join(folder, name)));
    files.set(name, { body, gzipped: new Uint8Array(gzipSync(body, { level: 9 })), type });
  }
  const shell = names.includes('index.html') ? await readFile(join(folder, 'index.html'), 'utf8') : undefined;
  return { shell, files };
}
