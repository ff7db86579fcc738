import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { objectAt, objectsAt } from '#core/json/read.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { tables } from '../../../bench/statistics/tables.js';
import { comparisonProvider, readSettings } from './settings.js';

const text = readFileSync(new URL('../../../docs/comparison.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '));
const rowOf = (name: string): readonly string[] => rows.find(([first]) => first === name) ?? [];
const partOf = (cell: string): number | undefined =>
  cell.endsWith(' %') ? Number.parseFloat(cell) / 100 : undefined;

describe('docs/comparison.md', () => {
  it('has a gate whose settings are right', () => {
    const block = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
    const parsed = parseYamlStream(block);
    const template = parsed.ok ? parsed.value[0] : undefined;
    const [metric] = objectsAt(objectAt(template, 'spec'), 'metrics');
    const plugin = objectAt(objectAt(metric, 'provider'), 'plugin');
    expect(readSettings(plugin[comparisonProvider])).to.have.property('ok', true);
  });

  it('has every world that is simulated, under the same heads', () => {
    for (const { head, rows: worlds } of tables) {
      expect(rowOf(head[0] ?? '')).to.deep.equal(head);
      for (const { name } of worlds) expect(rowOf(name), name).to.have.length(head.length);
    }
  });

  it('claims no more than alpha where it claims to hold', () => {
    const held: readonly (readonly [name: string, column: number])[] = [
      ['no difference, 60 looks', 1],
      ['no difference, 200 looks', 1],
      ['1.5 times as often', 3],
      ['twice as often', 3],
      ['1.5 times as often, tolerance 1.5', 1],
      ...(tables[1]?.rows ?? [])
        .filter(({ name }) => !name.endsWith('as often'))
        .map(({ name }) => [name, 2] as const),
    ];
    for (const [name, column] of held) {
      expect(partOf(rowOf(name)[column] ?? ''), name).to.be.at.most(0.05);
    }
  });

  for (const [table, name, runs] of [
    [0, 'no difference, 60 looks', 25],
    [0, '1.5 times as often', 25],
    [1, '2 and 8 pods that differ (variance 0.1), no difference', 25],
    [1, '2 and 8 pods (variance 0.02), twice as often', 25],
    [2, '1.2 times as long', 12],
  ] as const) {
    it(`has figures that fewer runs agree with: ${name}`, () => {
      const cells = tables[table]?.rows.find((row) => row.name === name)?.cells(runs) ?? [];
      const pairs = cells.map((cell, i) => [partOf(cell), partOf(rowOf(name)[i + 1] ?? '')]);
      expect(pairs.length).to.be.at.least(4);
      for (const [seen, told] of pairs) {
        if (seen === undefined || told === undefined) continue;
        expect(Math.abs(seen - told)).to.be.at.most(4 * Math.sqrt((told * (1 - told)) / runs) + 2 / runs);
      }
    });
  }
});
