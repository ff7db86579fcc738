import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { renderRoles } from './cluster-role.js';
import { renderCompatibility } from './compatibility.js';
import { renderCrds, renderCrdsKustomization } from './crds.js';
import { renderFlags } from './flags.js';
import { renderReadme } from './readme.js';
import { renderSupport } from './support.js';

const files = [
  ...renderCrds(),
  renderCrdsKustomization(),
  ...renderRoles(),
  renderSupport(),
  renderFlags(),
  renderReadme(),
  renderCompatibility(),
];
const wanted = new Set(files.map((file) => file.path));
for (const name of readdirSync('crds')) {
  if (!wanted.has(`crds/${name}`)) rmSync(`crds/${name}`);
}
for (const file of files) writeFileSync(file.path, file.text);
process.stdout.write(`wrote ${files.length} files to crds/, deploy/, docs/ and README.md\n`);
