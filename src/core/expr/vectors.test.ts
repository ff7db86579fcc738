import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { oracleEnv, tagged } from '../../../test/oracle/expr/tagged.js';
import { evaluate } from './expression.js';

/** What the peer's engine made of each expression; test/oracle/expr wrote it. */
interface Vector {
  readonly source: string;
  readonly value?: unknown;
  readonly fails?: true;
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
      const result = evaluate(source, oracleEnv, { nowMs: 0 });
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
