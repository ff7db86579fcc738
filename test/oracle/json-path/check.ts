import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findByJsonPath, parseJsonPath } from '#adapters/metrics/web/json-path/json-path.js';
import { toGoJson } from '#adapters/metrics/web/json-text.js';

interface Answer {
  readonly found?: unknown;
  readonly parse?: string;
  readonly find?: string;
  readonly panic?: string;
}

const data = {
  kind: 'List',
  'a.b': 1,
  a: { b: 2 },
  none: null,
  n: 5,
  t: true,
  items: [{ name: 'x' }, { name: 'y' }, { size: 1.5 }, {}, { tags: ['p', 'q'] }, null],
  sizes: [
    { v: 1.5, w: 'a' },
    { v: 2.5, w: 'b' },
  ],
  nums: [1, 2.5, 3, 4],
  empty: [],
};

const steps = [
  '.items',
  '.sizes',
  '.nums',
  '.empty',
  '.a',
  '.b',
  '.kind',
  '.none',
  '.n',
  '.name',
  '.tags',
  '.v',
  '.a\\.b',
  '.missing',
  "['kind']",
  "['a.b']",
  "['a\\.b']",
  "['v','w']",
  "['a'",
  '[0]',
  '[-1]',
  '[1:]',
  '[:2]',
  '[::2]',
  '[-2:]',
  '[0,2]',
  '[0,1:3]',
  '[*]',
  '[]',
  '[9]',
  '[2:1]',
  '[x]',
  '[::0]',
  '.*',
  '..',
  '..name',
  '.',
  ' ',
  '@',
  '$',
  "[?(@.w=='a')]",
  "[?(@.w!='a')]",
  '[?(@.v>1.9)]',
  '[?(@.v<=1.5)]',
  '[?(@>2.4)]',
  '[?(@.name)]',
  '[?(@.v=~1.5)]',
  '[?(@.x',
];
const blocks = [
  'text',
  '{"quoted\\n"}',
  "{'q'}",
  '{range .nums[*]}',
  '{end}',
  '{1}',
  '{true}',
  '{foo}',
  '{',
  '}',
];

function randomPath(choose: (below: number) => number): string {
  const pick = (list: readonly string[]): string => list[choose(list.length)] ?? '';
  const path = (): string => {
    const first = ['$', '', '@', '.items', '.sizes', '.nums'][choose(6)] ?? '';
    return `{${first}${Array.from({ length: choose(4) }, () => pick(steps)).join('')}}`;
  };
  return Array.from({ length: 1 + choose(3) }, () => (choose(4) === 0 ? pick(blocks) : path())).join('');
}

/** A linear congruential generator: the same seed gives the same paths. */
function chooser(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

function ask(path: string): Answer {
  let template: ReturnType<typeof parseJsonPath>;
  try {
    template = parseJsonPath(path);
  } catch (thrown) {
    return { parse: (thrown as Error).message };
  }
  try {
    return { found: findByJsonPath(template, data) };
  } catch (thrown) {
    return { find: (thrown as Error).message };
  }
}

/** Go walks maps in a random order, so the order in which `*` and `..` find something is not compared. */
function isSame(path: string, theirs: Answer, ours: Answer): boolean {
  const isOrdered = !/\*|\.\./.test(path);
  if (isOrdered || !isMatches(theirs.found) || !isMatches(ours.found))
    return toGoJson(theirs) === toGoJson(ours);
  const sorted = (matches: readonly (readonly unknown[])[]): string =>
    matches.map((list) => list.map(toGoJson).sort().join(',')).join(';');
  return sorted(theirs.found) === sorted(ours.found);
}

function isMatches(found: unknown): found is readonly (readonly unknown[])[] {
  return Array.isArray(found) && found.every(Array.isArray);
}

const [count = '20000', seed = String(Date.now() % 100_000)] = process.argv.slice(2);
const binary = join(mkdtempSync(join(tmpdir(), 'sluice-oracle-')), 'oracle');
execFileSync('go', ['build', '-o', binary, '.'], { cwd: new URL('.', import.meta.url), stdio: 'inherit' });
const choose = chooser(Number(seed));
const paths = Array.from({ length: Number(count) }, () => randomPath(choose));
const input = paths.map((path) => `${JSON.stringify({ path, data })}\n`).join('');
const { stdout } = spawnSync(binary, [], { input, maxBuffer: 1 << 30, encoding: 'utf8' });
const answers = stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer);
const tally = { same: 0, otherWords: 0, foundOnlyHere: 0, panics: 0, wrong: 0 };
for (const [i, path] of paths.entries()) {
  const [theirs = {}, ours] = [answers[i], ask(path)];
  if (theirs.panic !== undefined) tally.panics += 1;
  else if (isSame(path, theirs, ours)) tally.same += 1;
  else if (theirs.found === undefined && ours.found !== undefined) tally.foundOnlyHere += 1;
  else if (theirs.found === undefined) {
    tally.otherWords += 1;
    if (tally.otherWords <= 5) console.log('words', JSON.stringify(path), toGoJson(theirs), toGoJson(ours));
  } else {
    tally.wrong += 1;
    if (tally.wrong <= 5) console.log('wrong', JSON.stringify(path), toGoJson(theirs), toGoJson(ours));
  }
}
console.log(`seed ${seed}: ${JSON.stringify(tally)}`);
process.exitCode = tally.wrong === 0 ? 0 : 1;
