import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { oracleEnv, tagged } from '../../../test/oracle/expr/tagged.js';
import { evaluate } from './expression.js';

/** A row of the reference with what the peer's engine made of it. */
interface Case {
  readonly row: string;
  readonly source: string;
  readonly value?: unknown;
  readonly error?: 'compile' | 'run';
}

const lines = readFileSync(new URL('../../../test/cases/expr/reference.jsonl', import.meta.url), 'utf8');

const cases = lines
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

describe('rows of the reference', () => {
  for (const { row, source, value, error } of cases) {
    it(`${row}: ${source}`, () => {
      const outcome = evaluate(source, oracleEnv, { nowMs: 0 });
      const got = outcome.ok ? tagged(outcome.value) : { error: outcome.problem.phase };
      const wanted = error === undefined ? value : { error };
      expect(got).to.deep.equal(wanted);
    });
  }
});
