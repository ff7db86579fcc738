import { expect } from 'chai';
import { answerLine } from './line.js';

function ask(request: unknown, isCondition = false): unknown {
  return JSON.parse(askText(JSON.stringify(request), isCondition));
}

function askText(line: string, isCondition = false): string {
  return answerLine(line, isCondition, Date.UTC(2024, 1, 29)) ?? 'nothing';
}

describe('answers as JSON', () => {
  const values: readonly (readonly [source: string, value: string, type: string])[] = [
    ['7 % 3', '1', 'int'],
    ['6 / 3', '2', 'float'],
    ['9223372036854775807', '9223372036854775807', 'int'],
    ['1e21', '1e+21', 'float'],
    ['-0.0', '-0', 'float'],
    ['0 / 0', '{"$float":"NaN"}', 'float'],
    ['[1 / 0, -1 / 0]', '[{"$float":"+Inf"},{"$float":"-Inf"}]', 'array'],
    ['"a" + "b"', '"ab"', 'string'],
    ['1 < 2', 'true', 'bool'],
    ['nil', 'null', 'nil'],
    ['{"a": n, "b": {"c": [n]}}', '{"a":2.5,"b":{"c":[2.5]}}', 'map'],
    ['groupBy([1, 1], #)', '{"$map":[[1,[1,1]]]}', 'map'],
    ['groupBy(["a"], #)', '{"a":["a"]}', 'map'],
    ['b"ab"', '[97,98]', 'bytes'],
    ['duration("90s")', '"1m30s"', 'duration'],
    ['date("2024-01-31").Month()', '1', 'int'],
    ['now()', '"2024-02-29T00:00:00Z"', 'time'],
    [
      'date("2024-01-31 10:00:00.5 +0200", "2006-01-02 15:04:05 -0700")',
      '"2024-01-31T10:00:00.5+02:00"',
      'time',
    ],
  ];
  for (const [expr, value, type] of values) {
    it(`${expr} is of type ${type}`, () =>
      expect(askText(JSON.stringify({ expr, env: { n: 2.5 } }))).to.equal(
        `{"value":${value},"type":${JSON.stringify(type)}}`,
      ));
  }

  it('shows the place of what fails, and when it was found', () => {
    expect(ask({ expr: '1 + nope' })).to.deep.equal({
      error: 'compile',
      message: 'unknown name nope (1:5)\n | 1 + nope\n | ....^',
    });
    expect(ask({ expr: '1 % [0][0]' })).to.deep.equal({
      error: 'run',
      message: 'integer divide by zero (1:3)\n | 1 % [0][0]\n | ..^',
    });
  });
});

describe('environments as JSON', () => {
  const values: readonly (readonly [json: unknown, expr: string, value: unknown])[] = [
    [1, 'type(x)', 'float'],
    [{ $float: 'NaN' }, 'x != x', true],
    [{ $float: '-Inf' }, 'x < -1e308', true],
    [{ $int: '9223372036854775807' }, 'x % 10', 7],
    [{ $int: 4 }, 'x % 3', 1],
    [{ $duration: '1h30m' }, 'x.Minutes()', 90],
    [{ $time: '2024-02-29T10:00:00+02:00' }, 'x.Hour()', 10],
    [{ $bytes: [97, 98] }, 'x == b"ab"', true],
    [
      {
        $map: [
          [1, 'a'],
          ['k', [{ $float: '+Inf' }]],
        ],
      },
      'x[1.0] + string(x["k"])',
      'a[+Inf]',
    ],
    [{ a: [{ $float: 'NaN' }, null] }, 'string(x.a)', '[NaN <nil>]'],
    [{ $float: 'NaN', more: 1 }, 'keys(x) | sort() | join(",")', '$float,more'],
    [JSON.parse('{"__proto__": 1}'), 'x.__proto__', 1],
  ];
  for (const [x, expr, value] of values) {
    it(`${expr} of ${JSON.stringify(x)}`, () => expect(ask({ expr, env: { x } })).to.include({ value }));
  }
  it('has static types: a number is a float, an int is one only when it says so', () => {
    expect(ask({ expr: 'x % 2', env: { x: 4 } })).to.include({ error: 'compile' });
    expect(ask({ expr: 'x.y % 2', env: { x: { y: 4 } } })).to.include({ error: 'run' });
    expect(ask({ expr: 'x < 1', env: { x: null } })).to.include({ error: 'compile' });
  });

  const refused: readonly (readonly [line: string, message: RegExp])[] = [
    ['{"expr": "1"', /^no JSON: /],
    ['[1]', /^a line must be an object with expr and env$/],
    ['{"env": {}}', /^expr must be a text$/],
    ['{"expr": 1}', /^expr must be a text$/],
    ['{"expr": "1", "env": [1]}', /^env must be an object$/],
    ['{"expr": "1", "env": {"x": 1e400}}', /^a number is out of range$/],
    ['{"expr": "1", "env": {"x": {"$float": "one"}}}', /^\{"\$float":"one"\} is no float$/],
    ['{"expr": "1", "env": {"x": {"$int": 1.5}}}', /is no int$/],
    ['{"expr": "1", "env": {"x": {"$bytes": [256]}}}', /is no bytes$/],
    ['{"expr": "1", "env": {"x": {"$duration": "1d"}}}', /is no duration$/],
    ['{"expr": "1", "env": {"x": {"$time": "today"}}}', /is no time$/],
    ['{"expr": "1", "env": {"x": {"$map": [[[1], 2]]}}}', /is no pair of key and value$/],
    [`{"expr": "1", "env": {"x": ${'['.repeat(2000)}${']'.repeat(2000)}}}`, /^it is nested too deeply$/],
    ['{"condition": "true", "rt": "text"}', /^rt "text": expected json, floats/],
    ['{"condition": "true", "result": ["a"], "rt": "floats"}', /^result must be made of floats$/],
    ['{"condition": "true", "result": 1.5, "rt": "int"}', /^result 1.5 is no int$/],
  ];
  for (const [line, message] of refused) {
    it(`refuses ${line.slice(0, 60)}`, () => {
      const { error, message: got } = JSON.parse(askText(line));
      expect(error).to.equal('compile');
      expect(got).to.match(message);
    });
  }
  it('leaves blank lines without an answer', () => expect(askText(' \r')).to.equal('nothing'));
});

describe('conditions as JSON', () => {
  const rows: readonly (readonly [condition: string, result: unknown, rt: string, outcome: object])[] = [
    ['result > 1', 2, 'json', { value: true, type: 'bool' }],
    ['result > 1', 2, 'float', { value: true }],
    ['result[0] > 1', 2, 'float', { error: 'compile' }],
    ['result % 2 == 0', 4, 'int', { value: true }],
    ['result % 2 == 0', 4, 'float', { error: 'compile' }],
    ['isNaN(result)', { $float: 'NaN' }, 'float', { value: true }],
    ['isNaN(result)', 1, 'int', { error: 'run' }],
    ['result[0] == "1"', [1], 'floats', { error: 'compile' }],
    ['result[0] == "1"', [1], 'json', { value: false }],
    ['any(result, isInf(#))', [1, { $float: '-Inf' }], 'floats', { value: true }],
    ['len(result) == 0', [], 'floats', { value: true }],
    ['default(result, 0) < 1', null, 'nilfloat', { value: true }],
    ['isNil(1)', 5, 'nilfloat', { value: true }],
    ['result == nil', null, 'json', { value: true }],
    ['result + 1', 2, 'float', { error: 'run', message: 'expected bool, but got float64' }],
  ];
  for (const [condition, result, rt, outcome] of rows) {
    it(`${condition} on ${JSON.stringify(result)} as ${rt}`, () => {
      expect(ask({ condition, result, rt })).to.include(outcome);
      expect(ask({ expr: condition, env: { result, rt } }, true)).to.include(outcome);
    });
  }
  it('tells that there was no data, whatever the cause', () => {
    expect(ask({ condition: 'result < 1', result: null, rt: 'nilfloat' })).to.deep.equal({
      error: 'compile',
      message:
        'metric result is nil or empty: no data returned from the metric provider (1:8)\n | result < 1\n | .......^',
    });
    expect(ask({ condition: 'result[0] < 1', result: [], rt: 'floats' }))
      .to.have.property('message')
      .that.matches(/^metric result is nil or empty/);
  });
});
