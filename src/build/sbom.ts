import { createHash } from 'node:crypto';
import { type LockedPackage, packagesIn, resolveFrom } from './lockfile.js';

/** What a bill of materials is made from. */
export interface SbomInput {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly lockfile: unknown;
  /** Files that the bundler put into the program and the page, relative to the root. */
  readonly bundled: readonly string[];
}

/**
 * A CycloneDX bill of materials: the packages that are inside the program and the page, with version, licence and hash of
 * the lockfile. The same input gives the same text.
 */
export function sbomOf({ name, version, license, lockfile, bundled }: SbomInput): object {
  const all = packagesIn(lockfile);
  const byPath = new Map(all.map((one) => [one.path, one]));
  const used = new Set(bundled.flatMap((file) => packagePathOf(file) ?? []));
  const inside = all.filter(({ path }) => used.has(path));
  const components = inside.map(componentOf);
  const root = { type: 'application', 'bom-ref': `${name}@${version}`, name, version, ...licenseOf(license) };
  const dependencies = inside.map((one) => ({
    ref: purlOf(one),
    dependsOn: refsOf(
      one.dependencies.flatMap((other) => resolveFrom(byPath, one.path, other) ?? []),
      used,
    ),
  }));
  const direct = inside.filter(({ path }) => path.lastIndexOf('node_modules/') === 0);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([root, components]))}`,
    version: 1,
    metadata: { component: root },
    components,
    dependencies: [{ ref: root['bom-ref'], dependsOn: refsOf(direct, used) }, ...dependencies],
  };
}

/** The folder of the innermost package that a file belongs to. */
function packagePathOf(file: string): string | undefined {
  const inProject = file.replace(/^(?:\.\.\/)+/, '');
  return /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(inProject)?.[1];
}

function componentOf(one: LockedPackage): object {
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    name: one.name,
    version: one.version,
    purl: purlOf(one),
    ...licenseOf(one.license),
    ...hashesOf(one.integrity),
  };
}

function licenseOf(license: string | undefined): object {
  if (license === undefined) return {};
  return { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }] };
}

function hashesOf(integrity: string | undefined): object {
  const [, bits, digest] = /^sha(\d+)-(.+)$/.exec(integrity ?? '') ?? [];
  if (bits === undefined || digest === undefined) return {};
  return { hashes: [{ alg: `SHA-${bits}`, content: Buffer.from(digest, 'base64').toString('hex') }] };
}

function purlOf({ name, version }: LockedPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function refsOf(packages: readonly LockedPackage[], used: ReadonlySet<string>): readonly string[] {
  return [...new Set(packages.filter(({ path }) => used.has(path)).map(purlOf))].toSorted();
}

/** A name-based UUID: reproducible builds have reproducible serial numbers. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) % 4) + 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
