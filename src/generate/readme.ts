import { readFileSync } from 'node:fs';
import type { GeneratedFile } from './crds.js';
import { renderSupport } from './support.js';

const begin = '<!-- support:begin, written by `make docs` -->\n';
const end = '<!-- support:end -->\n';

/** The README with the support tables of docs/support.md between their marks; all else is as it was written. */
export function renderReadme(): GeneratedFile {
  const path = 'README.md';
  const text = readFileSync(path, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${path}: the marks of the support tables are gone`);
  const tables = renderSupport()
    .text.replace(/^.*?\n(?=## )/s, '')
    .replaceAll(/^## /gm, '### ');
  return { path, text: `${before}${begin}## What is supported\n\n${tables.trim()}\n\n${end}${after}` };
}
