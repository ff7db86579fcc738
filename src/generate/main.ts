import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { renderCrds } from './crds.js';

const files = renderCrds();
const wanted = new Set(files.map((file) => file.path));
for (const name of readdirSync('crds')) {
  if (!wanted.has(`crds/${name}`)) rmSync(`crds/${name}`);
}
for (const file of files) writeFileSync(file.path, file.text);
process.stdout.write(`wrote ${files.length} files to crds/\n`);
