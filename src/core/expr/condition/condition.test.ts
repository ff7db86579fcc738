import { expect } from 'chai';
import { evaluateCondition } from './condition.js';

const floats = (...items: number[]) => new Float64Array(items);

const noData = 'metric result is nil or empty: no data returned from the metric provider';

const cases: readonly (readonly [string, unknown, boolean | string])[] = [
  ['result[0] >= 0.95', floats(0.95), true],
  ['result[0] >= 0.95', floats(0.94), false],
  ['result[0] >= 0.95', floats(), noData],
  ['len(result) == 0 || result[0] >= 0.95', floats(), true],
  ['len(result) > 0 && result[0] >= 0.95', floats(), false],
  ['result < 1', null, noData],
  ['isNil(result) || result < 1', null, noData],
  ['default(result, 0) < 0.05', null, true],
  ['default(result, 0) < 0.05', 0.06, false],
  ['isNil(5)', null, true],
  ['isNil(result)', 1, false],
  ['result == nil', null, true],
  ['(result ?? 1) == 1', null, true],
  ['isNaN(result[0]) || result[0] >= 0.95', floats(Number.NaN), true],
  ['result[0] >= 0.95', floats(Number.NaN), false],
  ['result[0] != result[0]', floats(Number.NaN), true],
  ['isInf(result)', -Infinity, true],
  ['isNaN(1)', 1, false],
  ['isNaN("x")', 1, 'cannot use string as argument (type float) to call isNaN'],
  ['isNaN(len(result))', floats(1), 'interface conversion: interface {} is int, not float64'],
  ['asInt(result) % 2 == 0', 4.9, true],
  ['asInt("12") == 12', 0, true],
  ['asInt("1.5") == 1', 0, 'invalid operation: int("1.5")'],
  ['asInt(true) == 1', 0, 'asInt() not supported on type bool'],
  ['asFloat(result) > 5', '1e3', true],
  ['asFloat("inf") > 1', 0, true],
  ['asFloat(" 1") > 1', 0, 'invalid operation: float(" 1")'],
  ['result > 5', '6', 'invalid operation: > (mismatched types string and int)'],
  ['result == "true"', true, 'invalid operation: == (mismatched types bool and string)'],
  ['result[0].x > 1', [{ x: 2 }], true],
  ['result.a > 1', {}, 'invalid operation: <nil> > int'],
  ["result['average.duration'] < 2", { 'average.duration': 1 }, true],
  ['all(result, # < 1000)', floats(1, 2), true],
  ['count(result, # > 1) / len(result) < 0.1', floats(0, 0), true],
  ['(first(result) ?? 1) >= 0.95', floats(), true],
  ['0.9 <= result[0] <= 1', floats(0.95), true],
  ['result.total == 0 || result.errors / result.total < 0.01', { total: 0, errors: 0 }, true],
  ['(result.a?.b ?? 0) < 5', { a: null }, true],
  ['result', 1, 'expected bool, but got float64'],
  ['result.a', { a: 'x' }, 'expected bool, but got string'],
  [' ', 1, 'unexpected token EOF'],
  ['result > ', floats(), noData],
];

describe('evaluateCondition', () => {
  for (const [condition, result, expected] of cases) {
    it(`${condition} over ${result instanceof Float64Array ? `[${result.join(' ')}]` : JSON.stringify(result)}`, () => {
      const outcome = evaluateCondition(condition, result, 0);
      expect(outcome.ok ? outcome.value : outcome.message).to.equal(expected);
    });
  }
});
