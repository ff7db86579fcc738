import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { evaluate } from './expression.js';
import { formatGoFloat } from './go-float.js';
import { isList, isMap, type Value } from './value.js';

/** What the peer's engine made of each expression; test/oracle/expr wrote it. */
interface Vector {
  readonly source: string;
  readonly value?: unknown;
  readonly fails?: true;
}

const env = {
  n: 2.5,
  i: 7n,
  s: 'héllo',
  none: null,
  floats: new Float64Array([1, 2]),
  list: [1, 'a', null],
  obj: { a: 1, b: { c: 'x' }, list: [{ v: 1 }, { v: 3 }], t: true, empty: [], s: 'text', nothing: null },
};

/** The value with the kind of every part in front of it, as the oracle writes it. */
function tagged(value: Value): unknown {
  if (value === null) return 'nil';
  if (isList(value)) return value.map(tagged);
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tagged(inner)]));
  switch (typeof value) {
    case 'bigint':
      return `int:${value}`;
    case 'number':
      return `float:${formatGoFloat(value)}`;
    case 'boolean':
    case 'string':
      return `${typeof value === 'boolean' ? 'bool' : 'string'}:${value}`;
    default:
      return value.constructor.name === 'Moment' ? 'time' : 'duration';
  }
}

describe("vectors of the peer's engine", () => {
  it('give the same values and the same failures', () => {
    const lines = readFileSync(new URL('../../../test/cases/expr/vectors.jsonl', import.meta.url), 'utf8');
    const vectors = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Vector);
    expect(vectors.length).to.be.greaterThan(1500);
    const wrong = vectors.flatMap(({ source, value, fails }) => {
      const result = evaluate(source, env, { nowMs: 0 });
      const got = result.ok ? tagged(result.value) : 'fails';
      const wanted = fails === true ? 'fails' : value;
      const isSame = JSON.stringify(sorted(got)) === JSON.stringify(sorted(wanted));
      return isSame ? [] : [{ source, wanted, got }];
    });
    expect(wrong).to.deep.equal([]);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
