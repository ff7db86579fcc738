import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { objectAt, objectsAt } from '#core/json/read.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { comparisonProvider, readSettings } from './settings.js';

describe('docs/comparison.md', () => {
  it('has a gate whose settings are right', () => {
    const text = readFileSync(new URL('../../../docs/comparison.md', import.meta.url), 'utf8');
    const block = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
    const parsed = parseYamlStream(block);
    const template = parsed.ok ? parsed.value[0] : undefined;
    const [metric] = objectsAt(objectAt(template, 'spec'), 'metrics');
    const plugin = objectAt(objectAt(metric, 'provider'), 'plugin');
    expect(readSettings(plugin[comparisonProvider])).to.have.property('ok', true);
  });
});
