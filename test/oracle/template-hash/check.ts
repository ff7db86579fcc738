import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { isObject } from '#core/json/json.js';
import { podTemplateFields } from '#core/template-hash/pod-template-fields.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';

interface Vector {
  readonly template: PodTemplateSpec;
  readonly collision?: number;
  readonly hash?: string;
}

type Choose = (below: number) => number;

/** Ways to write a quantity, most of which Go writes otherwise. */
const quantities = [
  1,
  0.001,
  1.5,
  '0.5',
  '1000m',
  '1024Mi',
  '1E3',
  '0.1Gi',
  '+1',
  '.5',
  '5.',
  '0Gi',
  '1e-3',
  1e21,
];

/** Writes a template as a person or another tool might: zeros, nulls, unknown fields, quantities in other words. */
function rewrite(struct: string, value: unknown, choose: Choose): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(struct, item, choose));
  if (!isObject(value)) return value;
  const next: Record<string, unknown> = { ...value };
  for (const { name, type } of podTemplateFields.get(struct) ?? []) {
    const field = value[name];
    if (type === 'Quantities' && choose(3) === 0) next[name] = { cpu: quantities[choose(quantities.length)] };
    else if (field === undefined && choose(6) === 0) next[name] = null;
    else if (type === undefined && typeof field === 'boolean' && choose(8) === 0) next[name] = false;
    else if (type === undefined && typeof field === 'string' && choose(8) === 0) next[name] = '';
    else if (type !== undefined && podTemplateFields.has(type)) next[name] = rewrite(type, field, choose);
  }
  return choose(3) === 0 ? { ...next, fieldOfTheFuture: { a: 1 } } : next;
}

function randomChoice(seed: number): Choose {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % below;
  };
}

function parseLines(text: string): readonly Vector[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Vector);
}

/** Random templates as Go writes them and as others do, each with the hash that Go gives it. */
function askGo(binary: string, count: number, seed: number): readonly Vector[] {
  const most = 1 << 30;
  const plain = parseLines(
    execFileSync(binary, ['-random', String(count), '-seed', String(seed)], {
      maxBuffer: most,
      encoding: 'utf8',
    }),
  );
  const choose = randomChoice(seed);
  const asked = plain.map(({ hash: _hash, template, ...rest }) => ({
    template: rewrite('PodTemplateSpec', template, choose),
    ...rest,
  }));
  const input = asked.map((line) => JSON.stringify(line)).join('\n');
  const { stdout } = spawnSync(binary, [], { input: `${input}\n`, maxBuffer: most, encoding: 'utf8' });
  // What Go cannot read as a template is no template of a stored Rollout either.
  return [...plain, ...parseLines(stdout).filter(({ hash }) => hash !== undefined)];
}

const [count = '2000', seed = String(Date.now() % 100_000), file] = process.argv.slice(2);
const binary = join(mkdtempSync(join(tmpdir(), 'sluice-oracle-')), 'oracle');
execFileSync('go', ['build', '-o', binary, '.'], { cwd: new URL('.', import.meta.url), stdio: 'inherit' });
const vectors = askGo(binary, Number(count), Number(seed));
const wrong = vectors.filter(
  ({ template, collision, hash }) => podTemplateHash(template, collision) !== hash,
);
for (const vector of wrong.slice(0, 5)) console.log(JSON.stringify(vector));
console.log(`seed ${seed}: ${vectors.length} templates, ${wrong.length} hashed otherwise than by Go`);
if (file !== undefined) {
  const small = vectors.filter((vector) => JSON.stringify(vector).length < 1500);
  writeFileSync(file, small.map((vector) => `${JSON.stringify(vector)}\n`).join(''));
}
process.exitCode = wrong.length === 0 ? 0 : 1;
