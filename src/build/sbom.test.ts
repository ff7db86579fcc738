import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { packagesIn, resolveFrom } from './lockfile.js';
import { installedLicence } from './installed-licence.js';
import { licenceProblems } from './licences.js';
import { sbomOf } from './sbom.js';
import { sbomProblems } from './sbom-problems.js';

const entry = (version: string, more: object = {}) => ({
  version,
  license: 'MIT',
  integrity: 'sha512-AAEC',
  ...more,
});
const lockfile = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'app' },
    'node_modules/a': entry('1.0.0', { dependencies: { b: '^2' } }),
    'node_modules/a/node_modules/b': entry('2.0.0'),
    'node_modules/b': entry('1.0.0', { license: '(MIT OR Apache-2.0)' }),
    'node_modules/@scope/c': entry('3.0.0', { dependencies: { b: '^1', d: '*' } }),
    'node_modules/d': entry('4.0.0', { dev: true }),
  },
};
const bundled = [
  'src/main.ts',
  'node_modules/a/index.js',
  'node_modules/a/node_modules/b/index.js',
  '../../node_modules/@scope/c/lib/c.js',
  'node_modules/b/index.js',
];
const bom: any = sbomOf({ name: 'app', version: '1.2.3', license: 'Apache-2.0', lockfile, bundled });

describe('bill of materials', () => {
  it('names what is bundled, with version, licence and hash', () => {
    expect(bom.components.map((one: any) => one.purl)).to.deep.equal([
      'pkg:npm/%40scope/c@3.0.0',
      'pkg:npm/a@1.0.0',
      'pkg:npm/b@2.0.0',
      'pkg:npm/b@1.0.0',
    ]);
    expect(bom.components[1]).to.deep.include({
      licenses: [{ license: { id: 'MIT' } }],
      hashes: [{ alg: 'SHA-512', content: '000102' }],
    });
    expect(bom.components[3].licenses).to.deep.equal([{ expression: '(MIT OR Apache-2.0)' }]);
  });

  it('tells which needs which, as Node finds them', () => {
    const needs = Object.fromEntries(bom.dependencies.map((one: any) => [one.ref, one.dependsOn]));
    expect(needs).to.deep.equal({
      'app@1.2.3': ['pkg:npm/%40scope/c@3.0.0', 'pkg:npm/a@1.0.0', 'pkg:npm/b@1.0.0'],
      'pkg:npm/%40scope/c@3.0.0': ['pkg:npm/b@1.0.0'],
      'pkg:npm/a@1.0.0': ['pkg:npm/b@2.0.0'],
      'pkg:npm/b@1.0.0': [],
      'pkg:npm/b@2.0.0': [],
    });
  });

  it('is the same for the same build', () => {
    expect(sbomOf({ name: 'app', version: '1.2.3', license: 'Apache-2.0', lockfile, bundled })).to.deep.equal(
      bom,
    );
    expect(bom.serialNumber).to.match(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

describe('a bill of materials against the lockfile', () => {
  const packages = packagesIn(lockfile);
  const changed = (index: number, more: object) => ({
    components: bom.components.map((one: any, i: number) => (i === index ? { ...one, ...more } : one)),
  });

  it('matches the one that it was made from', () => {
    expect(sbomProblems(bom, packages)).to.deep.equal([]);
  });

  const rows: readonly (readonly [what: string, sbom: object, problem: string])[] = [
    ['another version', changed(1, { version: '9.9.9' }), 'a@9.9.9 is not in the lockfile'],
    [
      'another hash',
      changed(1, { hashes: [{ alg: 'SHA-512', content: 'ff' }] }),
      'a@1.0.0 has another hash than in the lockfile',
    ],
    [
      'a package for development',
      changed(1, { name: 'd', version: '4.0.0' }),
      'd@4.0.0 is shipped and locked for development alone',
    ],
    ['nothing', {}, 'the bill of materials names no component'],
  ];
  for (const [what, sbom, problem] of rows)
    it(`tells ${what}`, () => {
      expect(sbomProblems(sbom, packages)).to.deep.equal([problem]);
    });
});

describe('licences', () => {
  const one = (license: string) =>
    packagesIn({ lockfileVersion: 3, packages: { 'node_modules/a': entry('1.0.0', { license }) } });
  const rows: readonly (readonly [license: string, isPermissive: boolean])[] = [
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND Zlib', false],
    ['(Apache-2.0 AND BSD-3-Clause)', true],
    ['GPL-3.0', false],
    ['SEE LICENSE IN x', false],
    ['', false],
  ];
  for (const [license, isAllowed] of rows)
    it(`${license === '' ? 'none' : license}: ${isAllowed ? 'may' : 'may not'} be shipped`, () => {
      expect(licenceProblems(one(license), () => undefined)).to.have.length(isAllowed ? 0 : 1);
    });

  it('are those that the package itself says', () => {
    expect(licenceProblems(one('MIT'), () => 'GPL-3.0')).to.deep.equal([
      'node_modules/a: the lockfile says MIT, the package GPL-3.0',
    ]);
  });
});

describe('the lockfile of this project', () => {
  const packages = packagesIn(JSON.parse(readFileSync('package-lock.json', 'utf8')));

  it('has packages of permissive licences only, as the packages themselves say', () => {
    expect(licenceProblems(packages, installedLicence)).to.deep.equal([]);
  });

  it('takes every package from the registry, with its hash, and none that runs a script of its own for the program', () => {
    const raw = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
    for (const { path, integrity, isDevelopment } of packages) {
      expect(integrity, path).to.match(/^sha512-/);
      // Without an address it comes from whatever registry is configured; the hash says that it is the same.
      expect(raw[path].resolved, path).to.equal(undefined);
      if (!isDevelopment) expect(raw[path].hasInstallScript, path).to.equal(undefined);
    }
  });

  it('resolves every dependency of what is shipped', () => {
    const byPath = new Map(packages.map((one) => [one.path, one]));
    for (const { path, dependencies } of packages.filter((one) => !one.isDevelopment && !one.isOptional))
      for (const name of dependencies)
        expect(resolveFrom(byPath, path, name), `${path} needs ${name}`).not.to.equal(undefined);
  });
});
