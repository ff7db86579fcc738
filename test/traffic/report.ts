import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable, type Row } from './table.js';

/** Prints one table of all the rows that runs left in a folder: `tsx test/traffic/report.ts .cache/traffic`. */
const folder = process.argv[2] ?? '.cache/traffic';
const files = readdirSync(folder).filter((name) => name.startsWith('rows-'));
const rows = files.flatMap((name): readonly Row[] => JSON.parse(readFileSync(join(folder, name), 'utf8')));
process.stdout.write(`${markdownTable(rows)}\n`);
