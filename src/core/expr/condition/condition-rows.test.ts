import { expect } from 'chai';
import { evaluateCondition } from './condition.js';

const floats = new Float64Array([1, 2]);

const none = new Float64Array();

/** A condition, what was measured, and the judgement; `fails` when there is none. */
type Row = readonly [condition: string, result: unknown, verdict: boolean | 'fails'];

const slips: readonly Row[] = [
  ['result[0] > 1', 1.5, 'fails'],
  ['result > 1', floats, 'fails'],
  ['result[0] == "1"', floats, 'fails'],
  ['"a" in result', floats, 'fails'],
  ['result < 1', null, 'fails'],
  ['isNil(result) || result < 1', null, 'fails'],
  ['result[0] == 1', null, 'fails'],
  ['result?.x == 1', null, 'fails'],
  ['len(result) == 0', null, 'fails'],
  ['isNaN(result)', null, 'fails'],
  ['result % 2 == 0', 4, 'fails'],
  ['asInt(result) % 2 == 0', 4, true],
  ['result > 5', '6', 'fails'],
  ['asFloat(result) > 5', '6', true],
  ['result == "true"', true, 'fails'],
  ['result[0].x > 1', [{ x: 2 }], true],
  ['result.a > 1', {}, 'fails'],
  ["result['average.duration'] > 1", { 'average.duration': 2 }, true],
  ['isNaN(len(result))', floats, 'fails'],
  ['result[0]', floats, 'fails'],
];

const patterns: readonly Row[] = [
  ['len(result) == 0 || result[0] >= 0.95', none, true],
  ['len(result) > 0 && result[0] >= 0.95', none, false],
  ['isNaN(result[0]) || result[0] >= 0.95', new Float64Array([Number.NaN]), true],
  ['default(result, 0) < 0.05', null, true],
  ['(first(result) ?? 1) >= 0.95', none, true],
  ['all(result, # < 1000)', floats, true],
  ['count(result, # > 1) / len(result) < 0.1', floats, false],
  ['(result.a?.b ?? 0) < 5', {}, true],
  ['result.total == 0 || result.errors / result.total < 0.01', { total: 0, errors: 0 }, true],
  ['0.9 <= result[0] <= 1', floats, true],
  ['max(result) > 1', none, 'fails'],
  ['first(result) > 1', none, 'fails'],
  ['mean(result) == 0 && median(result) == 0 && sum(result) == 0', none, true],
];

function judge([condition, result]: Row): boolean | 'fails' {
  const outcome = evaluateCondition(condition, result, 0);
  return outcome.ok ? outcome.value : 'fails';
}

describe('conditions, by the type of what was measured', () => {
  for (const row of slips) {
    it(`13.1: ${row[0]} on ${JSON.stringify(row[1])}`, () => expect(judge(row)).to.equal(row[2]));
  }
  for (const row of patterns) it(`13.2: ${row[0]}`, () => expect(judge(row)).to.equal(row[2]));
});
