import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseYamlStream } from '#core/yaml/yaml.js';

const candidates = [
  process.env['HELM'] ?? 'helm',
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice', 'bin', 'helm'),
];

/** Helm of `HELM`, of PATH, or as `make helm` builds it; skips the suite when there is none. */
export function helmOrSkip(context: Mocha.Context): string {
  const found = candidates.find((path) => spawnSync(path, ['version']).status === 0);
  if (found === undefined) context.skip();
  return found ?? '';
}

export type Manifest = any;

const rendered = new Map<string, readonly Manifest[]>();

/** What the chart makes of these values; rendered once. */
export function render(helm: string, ...more: readonly string[]): readonly Manifest[] {
  const id = more.join(' ');
  const known = rendered.get(id) ?? renderNow(helm, more);
  rendered.set(id, known);
  return known;
}

function renderNow(helm: string, more: readonly string[]): readonly Manifest[] {
  const args = [
    'template',
    'sluice',
    'deploy/chart',
    '--namespace',
    'sluice-system',
    '--kube-version',
    '1.34.0',
  ];
  const text = execFileSync(helm, [...args, ...more], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: 'pipe',
  });
  return manifestsIn(text);
}

/** What Helm says when it fails. */
export function refusal(helm: string, ...more: readonly string[]): string {
  const args = ['template', 'deploy/chart', '--kube-version', '1.34.0', ...more];
  const { status, stderr } = spawnSync(helm, args, { encoding: 'utf8' });
  if (status === 0) throw new Error(`helm ${args.join(' ')} did not fail`);
  return stderr;
}

/** What `kubectl kustomize` makes of a folder; `undefined` without kubectl. */
export function kustomized(folder: string): readonly Manifest[] | undefined {
  if (!existsSync(folder)) throw new Error(`${folder} is not there`);
  const { status, stdout, error } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`kubectl kustomize ${folder} failed`);
  return manifestsIn(stdout);
}

function manifestsIn(text: string): readonly Manifest[] {
  const parsed = parseYamlStream(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.value;
}
