import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { answerLine, read } from '#core/expr/answer/line.js';
import { readRequest } from '#core/expr/answer/request.js';
import { judgeResult } from '#core/expr/condition/condition.js';
import { evaluate } from '#core/expr/expression.js';
import { tagged } from './tagged.js';

/** What one of the two says of a line. */
interface Said {
  readonly value?: unknown;
  readonly type?: string;
  readonly tagged?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** What this implementation says, as `sluice expr --jsonl` writes it, and the value with the kind of every part. */
function ours(line: string): Said {
  const said = JSON.parse(answerLine(line, false, 0) ?? '{}') as Said;
  const request = read(() => readRequest(JSON.parse(line), false));
  if ('error' in request) return said;
  const outcome =
    request.kind === 'condition'
      ? judgeResult(request.source, request.result, 0)
      : evaluate(request.source, request.env, { nowMs: 0 });
  return outcome.ok ? { ...said, tagged: tagged(outcome.value) } : said;
}

/** What is compared: phases of failures, else value, type and kinds; 15 digits of floats count, order of maps does not. */
function essence({ value, type, tagged: kinds, error }: Said): string {
  return error === undefined ? JSON.stringify([normal(value), type, normal(kinds)]) : error;
}

function normal(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) return Number(value.toPrecision(15));
  if (typeof value === 'string' && /^float:[-+\d]/.test(value))
    return `float:${Number(value.slice('float:'.length)).toPrecision(15)}`;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, normal(inner)] as const);
  const [only] = entries;
  if (only?.[0] === '$map' && Array.isArray(only[1]))
    return { $map: only[1].map((pair) => JSON.stringify(pair)).toSorted() };
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Faults of the peer that are not followed, by name; docs/expressions.md explains each. */
function excuse(source: string, theirs: Said, own: Said): string | undefined {
  if (/findLast(Index)?\(|\[-1\]|last\(/.test(source) && theirs.error !== 'compile')
    return 'findLast leaves values behind on the stack';
  if (/now\(/.test(source) && theirs.error === undefined) return 'now() differs';
  if (/out of range/.test(own.message ?? '') && /AddDate|Add\(/.test(source))
    return 'dates beyond the calendar';
  if (/other:func|0x[0-9a-f]{5}/.test(JSON.stringify(theirs))) return 'a method or function as a value';
  if (/invalid UTF-8/.test(theirs.message ?? '') || /\ufffd|77\+9/.test(JSON.stringify([theirs, own])))
    return 'a text cut inside of a character';
  if (/\$env\[/.test(source) && /time\.Location/.test(theirs.message ?? ''))
    return 'a time zone inside of $env[…]';
  return undefined;
}

const [oracle = '', file = ''] = process.argv.slice(2);
const input = readFileSync(file, 'utf8');
const answer = spawnSync(oracle, ['jsonl'], { input, encoding: 'utf8', maxBuffer: 1 << 30 });
const answers = answer.stdout.trimEnd().split('\n');
const lines = input.trimEnd().split('\n');
if (answers.length !== lines.length) throw new Error(`${answers.length} answers to ${lines.length} lines`);
let differences = 0;
const excused = new Map<string, number>();
for (const [i, line] of lines.entries()) {
  const theirs = JSON.parse(answers[i] ?? '') as Said;
  const own = ours(line);
  if (essence(own) === essence(theirs)) continue;
  const { expr, condition, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const source = String(condition ?? expr);
  const reason = excuse(source, theirs, own);
  if (reason !== undefined) {
    excused.set(reason, (excused.get(reason) ?? 0) + 1);
    continue;
  }
  differences += 1;
  console.log(
    `${source}\n   over   ${JSON.stringify(rest)}\n   theirs ${shown(theirs)}\n   ours   ${shown(own)}`,
  );
}

function shown({ value, type, tagged: kinds, error, message = '' }: Said): string {
  return error === undefined
    ? `${type} ${JSON.stringify(value)} ${JSON.stringify(kinds)}`
    : `${error} ${message.split('\n')[0]}`;
}

for (const [reason, count] of excused) console.log(`${count} excused: ${reason}`);
console.log(`${lines.length} expressions, ${differences} differences`);
