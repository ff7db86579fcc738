import { expect } from 'chai';
import { evaluate, explainProblem } from './expression.js';
import { bytesOf } from './values/typed-list.js';

import * as fc from 'fast-check';

const env = {
  n: 2.5,
  i: 7n,
  s: 'héllo',
  none: null,
  floats: new Float64Array([1, 2]),
  list: [1, 'a', null],
  obj: { a: 1, b: { c: 'x' }, list: [{ v: 1 }, { v: 3 }], t: true, empty: [] },
};

const run = (source: string) => evaluate(source, env, { nowMs: 0 });

/** Values as text, ints with an `n` behind them. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'bigint' ? `${v}n` : typeof v === 'number' && !Number.isFinite(v) ? String(v) : v,
  );
}

const values: readonly (readonly [string, unknown])[] = [
  ['-2 ** 2', -4],
  ['2 ** 3 ** 2', 512],
  ['1..2+1', [1n, 2n, 3n]],
  ['3..1', []],
  ['not (1 == 2)', true],
  ['1 == 1 == true', true],
  ['1 < 2 < 3', true],
  ['3 > 2 > 2', false],
  ['1 not in [2]', true],
  ['"abc" not contains "z"', true],
  ['"abc" startsWith "a" and "abc" endsWith "c"', true],
  ['"ABC" matches "(?i)^a.c$"', true],
  ['"xay" matches "a"', true],
  ['6 / 3', 2],
  ['7 % 3', 1n],
  ['-7 % 3', -1n],
  ['1 / 0', Infinity],
  ['9223372036854775807 + 1', -(2n ** 63n)],
  ['1 == 1.0', true],
  ['[1, 2] == [1.0, 2.0]', true],
  ['{"a": 1} == {"a": 1.0}', false],
  ['"a" + "b"', 'ab'],
  ['0x10 + 0o10 + 0b11 + 1_000 + 010', 1037n],
  ['5. + .5', 5.5],
  ['1e3', 1000],
  ['"\\x41\\u0042\\u{43}\\104"', 'ABCD'],
  ['`a``b`', 'a`b'],
  ['b"\\xff"', bytesOf([255])],
  ['true ? 1 : 2', 1n],
  ['obj.t ?: false', true],
  ['if n > 2 { "big" } else if n > 1 { "mid" } else { "small" }', 'big'],
  ['let x = 2; let y = x * 3; y + 1', 7n],
  ['1; 2; 3;', 3n],
  ['obj.a', 1],
  ['obj["b"]["c"]', 'x'],
  ['obj.missing', null],
  ['obj.missing?.deep.deeper', null],
  ['(obj.missing?.deep).deeper', null],
  ['obj.missing?.[0]', null],
  ['obj.missing ?? 5', 5n],
  ['list[-1]', null],
  ['list[0:2]', [1, 'a']],
  ['[1, 2, 3][-2:]', [2n, 3n]],
  ['[1][5:9]', []],
  ['s[0:3]', 'hé'],
  ['len(s)', 5n],
  ['indexOf(s, "l")', 3n],
  ['"a" in obj', true],
  ['1 in floats', true],
  ['"x" in none', undefined],
  ['all(floats, # > 0)', true],
  ['any(obj.list, .v > 2)', true],
  ['::none([], true)', true],
  ['one([1, 2], # == 1)', true],
  ['filter(obj.list, {#.v > 1})[0].v', 3],
  ['map(1..3, # * #index)', [0n, 2n, 6n]],
  ['find(1..9, # > 3)', 4n],
  ['findIndex([1], # > 3)', null],
  ['findLast(1..9, # < 3)', 2n],
  ['findLastIndex([1, 1], # == 1)', 1n],
  ['count([true, false])', 1n],
  ['count(floats, # > 1) / len(floats)', 0.5],
  ['sum([])', 0n],
  ['sum(obj.list, .v)', 4],
  ['reduce(1..4, #acc * #)', 24n],
  ['reduce([], #acc + #, 7)', 7n],
  ['sortBy(obj.list, .v, "desc")[0].v', 3],
  ['groupBy(["a", "b", "a"], #).a', ['a', 'a']],
  ['1..5 | filter(# > 2) | len()', 3n],
  ['5 | abs() + 1', 6n],
  ['max(1, [2, 3.5])', 3.5],
  ['min([])', null],
  ['mean([1, 2])', 1.5],
  ['median(floats)', 1.5],
  ['round(-2.5)', -3],
  ['int("42") + int(2.9)', 44n],
  ['float("1e3")', 1000],
  ['string(1000000.0)', '1e+06'],
  ['string(0.00001)', '1e-05'],
  ['string(999999.5)', '999999.5'],
  ['string([1, nil, {"b": 1, "a": 2}])', '[1 <nil> map[a:2 b:1]]'],
  ['type(1) + type(1.0) + type(nil) + type([])', 'intfloatnilarray'],
  ['toJSON({"b": 1, "a": "<"})', '{\n  "a": "\\u003c",\n  "b": 1\n}'],
  ['fromJSON("[1, {}]")[0]', 1],
  ['split("a,b,c", ",", 2)', ['a', 'b,c']],
  ['splitAfter("a,b", ",")', ['a,', 'b']],
  ['replace("aaa", "a", "b", 2)', 'bba'],
  ['trim("xxaxx", "x") + upper("b") + trimPrefix("ab", "a")', 'aBb'],
  ['join(["a", "b"], "-")', 'a-b'],
  ['repeat("ab", 2)', 'abab'],
  ['first([]) ?? 1', 1n],
  ['get(list, 9)', null],
  ['uniq([1, 1.0, 2])', [1n, 2n]],
  ['flatten([1, [2, [3]]])', [1n, 2n, 3n]],
  ['sort([3, 1.5, 2], "desc")', [3n, 2n, 1.5]],
  ['fromPairs(toPairs({"a": 1}))["a"]', 1n],
  ['bitand(6, 3) + bitshl(1, 4)', 18n],
  ['fromBase64(toBase64("hé"))', 'hé'],
  ['string(duration("1h30m") * 2)', '3h0m0s'],
  ['now() - duration("1s") < now()', true],
  ['string(date("2024-01-02"))', '2024-01-02 00:00:00 +0000 UTC'],
  ['$env["n"]', 2.5],
  ['$env?.unknown', null],
  ['obj.not', null],
  ['1 /* comment */ + 1 // end', 2n],
  ['obj.missing matches "x"', false],
  ['obj.a and false', false],
  ['::len([1])', 1n],
];

const refusals: readonly (readonly [string, string])[] = [
  ['', 'unexpected token EOF'],
  ['  ', 'unexpected token EOF'],
  ['1 +', 'unexpected token EOF'],
  ['"abc', 'literal not terminated'],
  ['"\\q"', 'unable to unescape string'],
  ['1a', 'bad number syntax: "1a"'],
  ['9223372036854775808', 'integer literal is too large: 9223372036854775808'],
  ['x', 'unknown name x'],
  ['nope()', 'unknown name nope'],
  ['timezone("Nowhere")', 'unknown time zone Nowhere'],
  ['not 1 == 2', 'invalid operation: not (mismatched type int)'],
  ['false && ("1" == 1)', 'invalid operation: == (mismatched types string and int)'],
  ['floats > 1', 'invalid operation: > (mismatched types []float64 and int)'],
  ['floats[0] == "1"', 'invalid operation: == (mismatched types float64 and string)'],
  ['"a" in floats', 'invalid operation: in (mismatched types string and []float64)'],
  ['n % 2', 'invalid operation: % (mismatched types float64 and int)'],
  ['obj.a % 2', 'invalid operation: float64 % int'],
  ['none < 1', 'invalid operation: < (mismatched types unknown and int)'],
  ['none?.x', 'type nil has no field x'],
  ['none[0]', 'type unknown[int] is undefined'],
  ['len(none)', 'cannot use nil as argument (type sized) to call len'],
  ['n.x', 'type float64 has no field x'],
  ['n[0]', 'type float64[int] is undefined'],
  ['list["a"]', 'array elements can only be selected using an integer (got string)'],
  ['list[7]', 'index out of range: 7 (array length is 3)'],
  ['obj.missing.deep', 'cannot fetch deep from <nil>'],
  ['obj.a.constructor', 'cannot fetch constructor from float64'],
  ['obj.f()', 'cannot call nil: it is no function'],
  ['"x" matches "(?=a)"', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
  ['obj.a ?? 5 > 1', 'operator (>) and coalesce expressions (??) cannot be mixed: put either in parentheses'],
  ['1 + if true {1} else {2}', 'unexpected token Operator("if")'],
  ['1 | 2', 'unexpected token Number("2")'],
  ['# > 1', 'unexpected token Operator("#"): only allowed in a predicate'],
  ['all(n, true)', 'builtin all takes only array (got float64)'],
  ['all(obj.missing, true)', 'builtin all takes only array (got nil)'],
  ['filter(floats, 1)', 'predicate should return boolean (got int)'],
  ['len()', 'not enough arguments to call len'],
  ['len(1, 2)', 'too many arguments to call len'],
  ['let n = 1; n', 'cannot redeclare n'],
  ['let len = 1; 2', 'cannot redeclare builtin len'],
  ['let a = 1; let a = 2; a', 'cannot redeclare variable a'],
  ['1 ? 2 : 3', 'non-bool expression (type int) used as condition'],
  ['int("1.5")', 'invalid operation: int("1.5")'],
  ['int(nil)', 'cannot use nil as argument (type convertible) to call int'],
  ['5 % 0', 'integer divide by zero'],
  ['sort([1, "a"])', 'invalid operation: string < int'],
  ['repeat("a", -1)', 'invalid argument for repeat: out of range'],
  ['1..2000000', 'memory budget exceeded'],
  ['count(1..3000, all(1..900, # > 0)) > 5000', 'memory budget exceeded'],
  [`${'('.repeat(400)}1${')'.repeat(400)}`, 'expression is nested too deeply'],
  [`1${' + 1'.repeat(6000)}`, 'compilation failed: expression exceeds maximum allowed nodes'],
];

describe('expressions', () => {
  for (const [source, value] of values) {
    if (value === undefined) continue;
    it(`${source} is ${shown(value)}`, () => {
      const result = run(source);
      expect(result.ok ? shown(result.value) : result.problem.message).to.equal(shown(value));
    });
  }

  for (const [source, message] of refusals) {
    it(`${source.slice(0, 60)} fails: ${message}`, () => {
      const result = run(source);
      expect(result.ok ? shown(result.value) : result.problem.message).to.equal(message);
    });
  }

  it('says where a source is wrong', () => {
    const result = run('n > 1 and\n nope');
    expect(result).to.deep.equal({
      ok: false,
      problem: { phase: 'compile', message: 'unknown name nope', at: 11 },
    });
    expect(result.ok ? '' : explainProblem('n > 1 and\n nope', result.problem)).to.equal(
      'unknown name nope (2:2)\n |  nope\n | .^',
    );
    expect(run('1 + obj.b.c')).to.deep.include({
      ok: false,
      problem: { phase: 'run', message: 'invalid operation: int + string', at: 2 },
    });
  });

  it('reaches nothing through prototypes', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(run(`obj["${name}"]`)).to.deep.equal({ ok: true, value: null });
      expect(run(name).ok).to.equal(false);
      expect(run(`${name}()`).ok).to.equal(false);
    }
  });

  it('never throws, whatever the text', () => {
    const words =
      'n i s obj .a [0] ?.b ( ) [ ] { } # | len all( let x = ; + - * / % ** == < in not and ?? ? : .. 1 2.5 "a" ,';
    const piece = fc.constantFrom(...words.split(' '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const result = run(pieces.join(' '));
        return typeof result.ok === 'boolean';
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.string(), (text) => typeof run(text).ok === 'boolean'),
      { numRuns: 500 },
    );
  });
});
