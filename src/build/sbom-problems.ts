import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import type { LockedPackage } from './lockfile.js';

/** Where a bill of materials and the lockfile differ, a sentence each: every component has to be locked as it stands there. */
export function sbomProblems(sbom: unknown, packages: readonly LockedPackage[]): readonly string[] {
  const components = isObject(sbom) && Array.isArray(sbom['components']) ? sbom['components'] : [];
  if (components.length === 0) return ['the bill of materials names no component'];
  return components.flatMap((component: unknown) => {
    const [name = '', version = ''] = [textAt(component, 'name'), textAt(component, 'version')];
    const locked = packages.filter((one) => one.name === name && one.version === version);
    if (locked.length === 0) return [`${name}@${version} is not in the lockfile`];
    const hash = hashOf(component);
    const isSame = locked.some(({ integrity = '' }) => hexOf(integrity) === hash);
    const isShipped = locked.some(({ isDevelopment }) => !isDevelopment);
    return [
      ...(isSame ? [] : [`${name}@${version} has another hash than in the lockfile`]),
      ...(isShipped ? [] : [`${name}@${version} is shipped and locked for development alone`]),
    ];
  });
}

function hashOf(component: unknown): string | undefined {
  const hashes: unknown = isObject(component) ? component['hashes'] : undefined;
  return Array.isArray(hashes) ? textAt(hashes[0], 'content') : undefined;
}

function hexOf(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
}
