import { availableParallelism } from 'node:os';
import { casesOf, rowsOf, tableOf } from './campaign.js';
import { compareAll } from './workers.js';

const [total = 1000, seed = 1] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const cases = await casesOf(total, seed);
const found = await compareAll(cases, availableParallelism(), (done) => {
  if (done % 100 === 0) process.stderr.write(`${done} of ${total}\n`);
});
const rows = rowsOf(cases, found);
const seconds = Math.round((performance.now() - startedAt) / 1000);
process.stdout.write(`${tableOf(rows)}\n\n${total} disturbed releases, seed ${seed}, ${seconds} s\n`);
for (const { what, detail, of } of rows.flatMap(({ faults }) => faults).slice(0, 40)) {
  const { release, disturbances, lagMs = 0 } = of;
  process.stdout.write(
    `\n${what}: ${release.name}, ${JSON.stringify({ disturbances, lagMs })}\n  ${detail.slice(0, 600)}\n`,
  );
}
const failed = found.filter(({ length }) => length > 0).length;
process.stdout.write(`\n${total - failed} passed, ${failed} failed\n`);
if (rows.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
