import semver from 'semver';

/** A range of versions as the peer reads it; see {@link parseRange}. */
export interface VersionRange {
  has(version: string): boolean;
}

/**
 * Reads a range such as `>=1.0.0, <2.0.0 || 3.x`: commas and spaces mean and. A pre-release is in a range only where every
 * comparison beside it names one, as in `>=1.0.0-0`. `undefined` for a text that is no range.
 */
export function parseRange(text: string): VersionRange | undefined {
  const parts = text.split('||').map((part) => part.replaceAll(',', ' ').trim());
  if (parts.some((part) => semver.validRange(part) === null)) return undefined;
  return {
    has: (version) => {
      const isPrerelease = semver.prerelease(version) !== null;
      return parts.some((part) =>
        isPrerelease
          ? namesPrereleases(part) && semver.satisfies(version, part, { includePrerelease: true })
          : semver.satisfies(version, part),
      );
    },
  };
}

/** Whether a tag is a version: three numbers, with or without `v` before them. */
export function isVersion(tag: string): boolean {
  return /^v?\d+\.\d+\.\d+/.test(tag) && semver.valid(tag) !== null;
}

/** Later versions first; equal ones by name, so that the answer is always the same. */
export function byVersion(a: string, b: string): number {
  return semver.rcompare(a, b) || (a < b ? 1 : -1);
}

/** Whether two tags are the same version: `v1.0.0`, `1.0.0` and `1.0.0+build` are. */
export function isSameVersion(a: string, b: string): boolean {
  return semver.compare(a, b) === 0;
}

function namesPrereleases(part: string): boolean {
  const comparisons = part.split(/\s+/).filter((word) => /\d/.test(word));
  return comparisons.length > 0 && comparisons.every((word) => /\d-[0-9A-Za-z]/.test(word));
}
