import type { LockedPackage } from './lockfile.js';

/** Licences that may be shipped with an Apache-2.0 program, without a duty beyond naming them. */
const permissive: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

/**
 * Packages of another licence, by name. OpenPGP.js (LGPL-3.0): shipped as it is published; whoever changes it makes the
 * bundle again with `make build`, for which all sources are here.
 */
const accepted: Readonly<Record<string, string>> = { openpgp: 'LGPL-3.0+' };

/**
 * What is wrong with the licences of packages, a sentence each. @param saidBy - the licence in the manifest of an installed
 * package; `undefined` when it is not installed, as builds for other machines are not.
 */
export function licenceProblems(
  packages: readonly LockedPackage[],
  saidBy: (path: string) => string | undefined,
): readonly string[] {
  return packages.flatMap(({ path, name, license }) => {
    const said = saidBy(path);
    // Old manifests have a list, which the lockfile does not take over.
    const own = license ?? said ?? '';
    return [
      ...(isPermissive(own) || accepted[name] === own
        ? []
        : [`${path}: the licence ${license ?? '(none)'} is not on the list`]),
      ...(said === undefined || said === own
        ? []
        : [`${path}: the lockfile says ${license ?? '(none)'}, the package ${said}`]),
    ];
  });
}

/** An SPDX expression: of an OR one side is enough, of an AND both must do. */
function isPermissive(expression: string): boolean {
  const bare = expression.trim().replace(/^\(([^()]*)\)$/, '$1');
  return bare
    .split(/ or /i)
    .some((choice) => choice.split(/ and /i).every((one) => permissive.has(one.trim())));
}
