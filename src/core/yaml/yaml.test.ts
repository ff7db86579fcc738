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
