import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { evaluate } from '#core/expr/expression.js';
import { oracleEnv, tagged } from './tagged.js';

interface Vector {
  readonly source: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** What this implementation makes of an expression, in the oracle's words. */
function ours(source: string): { readonly result: unknown; readonly message: string } {
  const outcome = evaluate(source, oracleEnv, { nowMs: 0 });
  if (outcome.ok) return { result: tagged(outcome.value), message: '' };
  return { result: outcome.problem.phase, message: outcome.problem.message };
}

/** Floats may differ in how they are written; 15 digits of them count. */
function normal(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' && /^float:[-+\d]/.test(inner)
      ? `float:${Number(inner.slice('float:'.length)).toPrecision(15)}`
      : inner,
  );
}

const [oracle = '', file = ''] = process.argv.slice(2);
const input = readFileSync(file, 'utf8');
const answer = spawnSync(oracle, { input, encoding: 'utf8', maxBuffer: 1 << 30 });
const vectors = answer.stdout
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);
let differences = 0;
for (const { source, value, error, message } of vectors) {
  const { result, message: text } = ours(source);
  const wanted = error === undefined ? (value ?? null) : error === 'compile' ? 'compile' : 'run';
  if (normal(result) === normal(wanted)) continue;
  differences += 1;
  const why = (message ?? '').split('\n')[0];
  console.log(
    `${source}\n   theirs ${JSON.stringify(wanted)} ${why}\n   ours   ${JSON.stringify(result)} ${text}`,
  );
}
console.log(`${vectors.length} expressions, ${differences} differences`);
