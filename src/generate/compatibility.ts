import { readdirSync, readFileSync } from 'node:fs';
import { parseYaml } from '#core/yaml/yaml.js';
import { trafficProviders } from '#providers/index.js';
import type { GeneratedFile } from './crds.js';
import { servedMetrics } from './support.js';

/** One behaviour of the peer, and what ours does. Written by hand in docs/compatibility/*.yaml. */
export interface Behaviour {
  readonly what: string;
  readonly verdict: 'same' | 'better' | 'absent';
  /** For `better`: why, and what the peer does. For `absent`: the reason, and what happens instead. */
  readonly why?: string;
  /** Files that show it, each with `#` and a part of the title of the case in it where the file shows more than one thing. */
  readonly cases?: readonly string[];
}

/** A file of docs/compatibility: one chapter. */
export interface Chapter {
  readonly title: string;
  readonly intro?: string;
  readonly behaviours: readonly Behaviour[];
}

const folder = 'docs/compatibility';
const peerFields = 'test/cases/peer-fields';

/** The chapters in the order of their file names; throws when one is no YAML. */
export function readChapters(): readonly Chapter[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'fields.yaml')
    .toSorted()
    .map((name) => read<Chapter>(`${folder}/${name}`));
}

/** docs/compatibility.md: behaviour by behaviour and field by field. */
export function renderCompatibility(): GeneratedFile {
  const chapters = readChapters();
  const sections = [
    '<!-- Written by `make docs` from docs/compatibility/*.yaml and the schemas; do not edit. -->',
    readFileSync(`${folder}/preface.md`, 'utf8').trim(),
    ...chapters.map(renderChapter),
    renderFields(),
  ];
  return { path: 'docs/compatibility.md', text: `${sections.join('\n\n')}\n` };
}

function renderChapter({ title, intro, behaviours }: Chapter): string {
  const rows = behaviours.map(({ what, verdict, why = '', cases = [] }) =>
    row([what, verdict, why, cases.map(caseLink).join(', ')]),
  );
  const head = [row(['behaviour', 'ours', 'why', 'shown by']), row(['---', '---', '---', '---'])];
  return [`## ${title}`, ...(intro === undefined ? [] : [intro.trim()]), [...head, ...rows].join('\n')].join(
    '\n\n',
  );
}

/** The case by its name: that of the story, or file and title. */
function caseLink(shown: string): string {
  const [path = '', title] = shown.split('#');
  const file = (path.split('/').at(-1) ?? path).replace(/\.(story|test\.ts|e2e\.ts|yaml|ts)$/, '');
  const name = (title === undefined ? file : `${file}: ${title}`).replaceAll(/[<>[\]*`$]/g, String.raw`\$&`);
  return `[${name}](../${path})`;
}

interface FieldRules {
  /** By kind, the fields that are not served as the peer does; a field stands for all below it. */
  readonly [kind: string]: Readonly<Record<string, string>>;
}

/** Every field of the peer's kinds: those that differ with the reason, the others by name. */
function renderFields(): string {
  const rules = read<FieldRules>(`${folder}/fields.yaml`);
  const parts = readdirSync(peerFields)
    .toSorted()
    .map((file) => renderKind(file.replace('.txt', ''), rules));
  const intro =
    'Every field of the peers’ kinds is accepted and kept; what is not listed under “differs” does the same as there.';
  return ['## Fields', intro, ...parts].join('\n\n');
}

function renderKind(name: string, rules: FieldRules): string {
  const paths = readFileSync(`${peerFields}/${name}.txt`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(' ')[0] ?? '');
  const differing = [...Object.entries(rules[name] ?? {}), ...unserved(paths)];
  const same = paths.filter(
    (path) => !differing.some(([prefix]) => isUnder(path, prefix)) && isLeaf(path, paths),
  );
  const table = [
    row(['differs', 'how']),
    row(['---', '---']),
    ...differing.map(([path, how]) => row([`\`${path}\``, how])),
  ];
  const list = same.map((path) => `\`${path}\``).join(', ');
  const details = `<details><summary>the same: ${same.length} fields</summary>\n\n${list}\n\n</details>`;
  return [`### ${name}`, ...(differing.length === 0 ? [] : [table.join('\n')]), details].join('\n\n');
}

/** Whether a rule for `prefix` speaks of the field. */
export function isUnder(path: string, prefix: string): boolean {
  return (
    path === prefix || [`${prefix}.`, `${prefix}[`, `${prefix}{`].some((start) => path.startsWith(start))
  );
}

/** Routers and metric providers that nobody registered here, with what a user reads who names one. */
function unserved(paths: readonly string[]): readonly (readonly [path: string, how: string])[] {
  const metrics = servedMetrics();
  const routing = [...trafficProviders.map(({ id }) => id), 'plugins', 'managedRoutes', 'maxTrafficWeight'];
  return paths.flatMap((path) => {
    const [, router] = /^spec\.strategy\.canary\.trafficRouting\.(\w+)$/.exec(path) ?? [];
    if (router !== undefined && !routing.includes(router))
      return [[path, 'no such router: InvalidSpec names it']];
    const [, metric] = /^spec\.metrics\[\]\.provider\.(\w+)$/.exec(path) ?? [];
    if (metric !== undefined && !metrics.includes(metric))
      return [[path, 'no such provider: the run is an Error that names it']];
    return [];
  });
}

function isLeaf(path: string, paths: readonly string[]): boolean {
  return !paths.some((other) => other !== path && isUnder(other, path));
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()).join(' | ')} |`;
}

function read<T>(path: string): T {
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${path}: ${parsed.problem.message}`);
  // Its shape is checked by the test beside this file.
  return parsed.value as T;
}
