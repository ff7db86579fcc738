import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** One package of the lockfile. */
export interface LockedPackage {
  /** Where it lies, for instance `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string | undefined;
  /** Of subresource integrity, for instance `sha512-…`. */
  readonly integrity: string | undefined;
  readonly isDevelopment: boolean;
  readonly isOptional: boolean;
  /** Names that it requires. */
  readonly dependencies: readonly string[];
}

/** Every package of a package-lock.json of version 3, sorted by path. */
export function packagesIn(lockfile: unknown): readonly LockedPackage[] {
  const all = isObject(lockfile) && isObject(lockfile['packages']) ? lockfile['packages'] : {};
  return Object.entries(all)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => packageOf(path, isObject(entry) ? entry : {}))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function packageOf(path: string, entry: Readonly<Record<string, unknown>>): LockedPackage {
  const required = isObject(entry['dependencies']) ? entry['dependencies'] : {};
  return {
    path,
    // An alias lies under another name than its own.
    name: textAt(entry, 'name') ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: textAt(entry, 'version') ?? '',
    license: textAt(entry, 'license'),
    integrity: textAt(entry, 'integrity'),
    isDevelopment: entry['dev'] === true || entry['devOptional'] === true,
    isOptional: entry['optional'] === true,
    dependencies: Object.keys(required),
  };
}

/** The package that a name means for the one that lies at `path`, as Node looks it up. */
export function resolveFrom(
  packages: ReadonlyMap<string, LockedPackage>,
  path: string,
  name: string,
): LockedPackage | undefined {
  const found = packages.get(`${path === '' ? '' : `${path}/`}node_modules/${name}`);
  if (found !== undefined || path === '') return found;
  return resolveFrom(packages, path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name);
}
