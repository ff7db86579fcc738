/**
 * Prints random lines for `sluice expr --jsonl`: `generate.ts COUNT SEED`. Expressions are made of the whole language, each
 * over an environment of its own; every fifth line is the condition of a metric.
 */
import { makeEnvironment, makeResult } from './environment.js';
import { forms } from './forms.js';
import { leaves, letters, type Kind } from './grammar.js';
import { createRandom, pick, type Random } from './random.js';

const kinds = Object.keys(leaves) as Kind[];

/** What stands for the names of an environment in a condition. */
const measures = [
  'result',
  'result[0]',
  'result.a',
  'result.b',
  'first(result)',
  'asInt(result)',
  'asFloat(result)',
];
const tests = [
  'isNaN(F)',
  'isInf(F)',
  'isNil(X)',
  'default(A, X) == X',
  'isNaN(result)',
  'asInt(X) == I',
  'asFloat(X) > F',
  'all(result, F)',
  'len(result) > I',
  'result > F',
  'result == X',
  'B',
];

function make(kind: Kind, depth: number, random: Random): string {
  // Now and then something of another kind, to see what the checker says.
  const wanted = random() < 0.02 ? pick(kinds, random) : kind;
  if (depth === 0 || random() < 0.15) return pick(leaves[wanted], random);
  return fill(pick(forms[wanted], random), depth, random);
}

/** A letter that stands alone is a hole; those inside words, texts and layouts are not. */
function fill(form: string, depth: number, random: Random): string {
  return form.replace(/(?<![\w"'.\\])[A-Z](?![\w"'])/g, (letter) => {
    const inner = make(pick(letters[letter] ?? ['any'], random), depth - 1, random);
    return /^[\w".[\]()]*$/.test(inner) ? inner : `(${inner})`;
  });
}

function makeLine(random: Random): unknown {
  const depth = 1 + Math.floor(random() * 3);
  if (random() < 0.8) return { expr: make(pick(kinds, random), depth, random), env: makeEnvironment(random) };
  const condition = fill(pick(tests, random), depth, random).replaceAll(
    /(?<![\w."$#])(?:n|i|s|none|floats|list|obj|at|span)(?![\w"])(?:\.(?:a|b|c|s|t|list|empty|nothing|missing)\b)*/g,
    () => pick(measures, random),
  );
  return { condition, ...makeResult(random) };
}

const [count = '1000', seed = '1'] = process.argv.slice(2);
const random = createRandom(Number(seed));
for (let i = 0; i < Number(count); i += 1) console.log(JSON.stringify(makeLine(random)));
