import { stdout } from 'node:process';
import { tables } from './tables.js';

const runs = Number(process.argv[2] ?? 1000);
const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

for (const { head, rows } of tables) {
  stdout.write(lineOf(head) + lineOf(head.map(() => '---')));
  for (const { name, cells } of rows) stdout.write(lineOf([name, ...cells(runs)]));
  stdout.write('\n');
}
