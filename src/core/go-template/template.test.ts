import { expect } from 'chai';
import { array, assert, constantFrom, property } from 'fast-check';
import { makeMap } from '#core/expr/values/plain.js';
import { Moment } from '#core/expr/values/special.js';
import { describeProblem, parseTemplate } from './template.js';
import { GoFunction, toDatum } from './value.js';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

function run(source: string, data: unknown = {}): string {
  const parsed = parseTemplate(source);
  const result = parsed.ok ? parsed.value.run(toDatum(data), nowMs) : parsed;
  return result.ok ? result.value : describeProblem(result.problem);
}

describe('templates', () => {
  it('says line and column of a mistake in the text', () => {
    expect(run('a\n  {{ if }}x{{end}}')).to.equal('line 2, column 9: missing value for if');
    expect(run('{{ nope 1 }}')).to.equal('line 1, column 4: function "nope" not defined');
    expect(run('a{{ if .x }}b')).to.equal(
      'line 1, column 2: unexpected EOF: a block that begins here has no {{end}}',
    );
  });

  it('says line and column of a failure in a run', () => {
    expect(run('x\n{{ .a.b.c }}', { a: { b: null } })).to.equal(
      'line 2, column 4: nil pointer evaluating interface {}.c',
    );
    expect(run('{{ fail "stop" }}')).to.equal('line 1, column 4: stop');
  });

  it('calls functions and methods that the data brings', () => {
    const at = new Moment(BigInt(nowMs) * 1_000_000n);
    const data = { time: makeMap([['Now', new GoFunction('Now', () => at)]]), at };
    expect(run('{{ (call .time.Now).Format "2006-01-02T15:04" }} {{ .at.Year }}', data)).to.equal(
      '2026-01-02T03:04 2026',
    );
    expect(run('{{ ((call .time.Now).Sub .at).Minutes }}', data)).to.equal('0');
    expect(run('{{ .at.Nope }}', data)).to.contain('has no method Nope');
  });

  it('knows the time of the run only', () => {
    expect(run('{{ now | date "2006-01-02 15:04:05" }} {{ now | unixEpoch }}')).to.equal(
      '2026-01-02 03:04:05 1767323045',
    );
    expect(run('{{ ago .at }}', { at: nowMs / 1000 - 90 })).to.equal('1m30s');
  });

  it('has no door to the process, and no prototype', () => {
    expect(run('{{ env "HOME" }}')).to.contain('function "env" not defined');
    expect(run('{{ .constructor }} {{ .a.__proto__ }} {{ index . "toString" }}', { a: {} })).to.equal(
      '<no value> <no value> <no value>',
    );
    expect(run('{{ constructor }}')).to.contain('not defined');
  });

  it('is bounded in steps, in output and in depth', () => {
    expect(run('{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}')).to.contain('too many steps');
    expect(run('{{ repeat 900000 "ab" }}')).to.contain('too long');
    expect(run('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}')).to.contain('too deeply');
    expect(run('{{ if 1 }}'.repeat(300) + '{{ end }}'.repeat(300))).to.contain('too deeply');
    expect(run(`{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`)).to.contain('too deeply');
    expect(run('{{ until 1000000 }}')).to.contain('too long');
  });

  it('never throws, whatever the text is', () => {
    const pieces =
      '{{ }} {{- -}} . .a $ $x := | ( ) if end else range with "a" 1 eq len define template , /* */ x'.split(
        ' ',
      );
    const piece = constantFrom(...pieces, ' ', '\n');
    assert(
      property(array(piece, { maxLength: 30 }), (chosen) => {
        expect(run(chosen.join(''), { a: [1, { a: 'b' }] })).to.be.a('string');
      }),
      { numRuns: 2000 },
    );
  });
});
