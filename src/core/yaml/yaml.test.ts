import { expect } from 'chai';
import { parseYaml, parseYamlStream, printYaml } from './yaml.js';

const table: readonly [source: string, value: unknown][] = [
  ['yes', true],
  ['off', false],
  ['0644', 420],
  ['0o644', 420],
  ['0x1f', 31],
  ['22:22', '22:22'],
  ['1_000', 1000],
  ['2026-01-01', '2026-01-01'],
  ['08', 8],
  ['-5', -5],
  ['1.5', 1.5],
  ['null', null],
];

describe('yaml', () => {
  for (const [source, value] of table) {
    it(`reads ${source} as kubectl does`, () => {
      expect(parseYaml(`v: ${source}`)).to.deep.equal({ ok: true, value: { v: value } });
    });
  }

  it('merges << and lets the last of two equal keys win', () => {
    const text = 'base: &b {a: 1, c: 2}\nx:\n  <<: *b\n  a: 3\nz: 1\nz: 2\n';
    expect(parseYaml(text)).to.deep.include({
      ok: true,
      value: { base: { a: 1, c: 2 }, x: { a: 3, c: 2 }, z: 2 },
    });
  });

  it('names the line of a mistake', () => {
    expect(parseYaml('a: 1\nb: [1,\nc: {').ok).to.equal(false);
    expect(parseYaml('a: 1\n b: 2')).to.deep.include({ ok: false });
  });

  const layers = (count: number, wide: number) =>
    Array.from({ length: count }, (_, i) => {
      const inner = Array(wide).fill(i === 0 ? 'x' : `*l${i - 1}`);
      return `l${i}: &l${i} [${inner.join(', ')}]`;
    }).join('\n');
  for (const [what, text, message] of [
    ['aliases that multiply', layers(30, 9), 'document contains excessive aliasing'],
    ['more of them than a number holds', layers(400, 9), 'document contains excessive aliasing'],
    ['half a million nodes of one alias', layers(6, 9), 'document contains excessive aliasing'],
    ['an anchor that contains itself', 'a: &a {b: [*a]}', 'anchor value contains itself'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(parseYaml(text)).to.deep.equal({ ok: false, problem: { message } });
      expect(parseYamlStream(`x: 1\n---\n${text}`)).to.deep.equal({ ok: false, problem: { message } });
    });
  }

  it('reads aliases as people use them, and what is nested a few hundred levels deep', () => {
    expect(parseYaml(layers(3, 9)).ok).to.equal(true);
    const services = Array.from(
      { length: 500 },
      (_, i) => `s${i}: {<<: *base, name: s${i}, labels: *labels}`,
    );
    const text = ['labels: &labels {a: b}', 'base: &base {port: 80, labels: *labels}', ...services].join(
      '\n',
    );
    expect(parseYaml(text).ok).to.equal(true);
    expect(parseYaml('['.repeat(300) + ']'.repeat(300)).ok).to.equal(true);
  });

  it('leaves out empty documents', () => {
    expect(parseYamlStream('---\na: 1\n---\n---\nb: 2\n')).to.deep.equal({
      ok: true,
      value: [{ a: 1 }, { b: 2 }],
    });
  });

  it('quotes what another parser would read as something else', () => {
    for (const text of ['yes', 'on', '0644', '1e3', 'null', '1_000']) {
      expect(printYaml({ v: text })).to.match(/^v: ['"]/);
      expect(parseYaml(printYaml({ v: text }))).to.deep.equal({ ok: true, value: { v: text } });
    }
  });
});
