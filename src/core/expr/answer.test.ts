import { expect } from 'chai';
import { answer } from './answer.js';

describe('answers as data', () => {
  const cases: readonly (readonly [source: string, value: unknown, type: string])[] = [
    ['7 % 3', 1, 'int'],
    ['6 / 3', 2, 'float'],
    ['9223372036854775807', 9223372036854775807n, 'int'],
    ['0 / 0', { $float: 'NaN' }, 'float'],
    ['[1 / 0, -1 / 0]', [{ $float: '+Inf' }, { $float: '-Inf' }], 'array'],
    ['"a" + "b"', 'ab', 'string'],
    ['1 < 2', true, 'bool'],
    ['nil', null, 'nil'],
    ['{"a": n}', { a: 2.5 }, 'map'],
    ['groupBy([1, 1], #)', { $map: [[1, [1, 1]]] }, 'map'],
    ['groupBy(["a"], #)', { a: ['a'] }, 'map'],
    ['b"ab"', [97, 98], 'bytes'],
    ['duration("90s")', '1m30s', 'duration'],
    ['date("2024-01-31")', '2024-01-31T00:00:00Z', 'time'],
  ];
  for (const [source, value, type] of cases) {
    it(`${source} is of type ${type}`, () =>
      expect(answer(source, { n: 2.5 }, 0)).to.deep.equal({ value, type }));
  }

  it('shows the place of what fails, and when it was found', () => {
    expect(answer('1 + nope', {}, 0)).to.deep.equal({
      error: 'compile',
      message: 'unknown name nope (1:5)\n | 1 + nope\n | ....^',
    });
    expect(answer('1 % (1 - 1)', {}, 0)).to.deep.equal({
      error: 'run',
      message: 'integer divide by zero (1:3)\n | 1 % (1 - 1)\n | ..^',
    });
  });
});
