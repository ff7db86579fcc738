import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { renderAggregateRoles } from './aggregate-roles.js';
import { renderRoles } from './cluster-role.js';
import { renderChartValuesSchema } from './chart-values.js';
import { renderCompatibility } from './compatibility.js';
import { renderChartCrds, renderCrds, renderCrdsKustomization } from './crds.js';
import { renderFlags } from './flags.js';
import { renderMonitoring } from './monitoring/files.js';
import { renderReadme } from './readme.js';
import { renderSupport } from './support.js';

const files = [
  ...renderCrds(),
  renderCrdsKustomization(),
  ...renderRoles(),
  ...renderAggregateRoles(),
  ...renderChartCrds(),
  ...renderMonitoring(),
  renderChartValuesSchema(),
  renderSupport(),
  renderFlags(),
  renderReadme(),
  renderCompatibility(),
];
const wanted = new Set(files.map((file) => file.path));
for (const folder of ['crds', 'deploy/chart/files/crds']) {
  for (const name of readdirSync(folder)) if (!wanted.has(`${folder}/${name}`)) rmSync(`${folder}/${name}`);
}
for (const file of files) writeFileSync(file.path, file.text);
process.stdout.write(`wrote ${files.length} files to crds/, deploy/, docs/ and README.md\n`);
