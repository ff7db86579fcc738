import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { advisoriesIn } from './advisories.js';
import { installedLicence } from './installed-licence.js';
import { licenceProblems } from './licences.js';
import { packagesIn } from './lockfile.js';
import { sbomProblems } from './sbom-problems.js';

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const packages = packagesIn(read('package-lock.json'));
const unhashed = packages
  .filter(({ integrity }) => integrity === undefined)
  .map(({ path }) => `${path}: no hash`);
const problems = [
  ...licenceProblems(packages, installedLicence),
  ...unhashed,
  ...sbomProblems(read('dist/sbom.json'), packages),
];
const shipped = packages.filter(({ isDevelopment }) => !isDevelopment);
const licences = [...new Set(shipped.map(({ license }) => license ?? 'none'))].toSorted().join(', ');
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(
  `${packages.length} packages in the lockfile, ${shipped.length} of them for the program (${licences}): ${problems.length} problems\n`,
);
const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev'], { encoding: 'utf8', timeout: 60_000 });
const advisories = advisoriesIn(stdout);
if (!advisories.isKnown)
  process.stdout.write(
    `known vulnerabilities were not looked up, since that needs a registry: ${advisories.why}\n`,
  );
else
  process.stdout.write(
    [`known vulnerabilities: ${advisories.found.length}`, ...advisories.found, ''].join('\n'),
  );
const isBad = problems.length > 0 || (advisories.isKnown && advisories.found.length > 0);
process.exitCode = isBad ? 1 : 0;
