import { existsSync, readFileSync } from 'node:fs';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** The licence in the manifest of an installed package, also as old ones say it; `undefined` when it is not installed. */
export function installedLicence(path: string): string | undefined {
  const file = `${path}/package.json`;
  if (!existsSync(file)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const list: unknown = isObject(manifest) ? manifest['licenses'] : undefined;
  const old = Array.isArray(list) ? textAt(list[0], 'type') : undefined;
  const single = isObject(manifest) ? textAt(manifest['license'], 'type') : undefined;
  return textAt(manifest, 'license') ?? single ?? old;
}
