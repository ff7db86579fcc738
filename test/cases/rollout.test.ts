import { expect } from 'chai';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';
import { runCase, type RolloutCase } from './rollout-case.js';

/** Golden decisions: `UPDATE=1` rewrites what is expected; a failed run leaves the actual decision beside the case. */
describe('rollout decisions', () => {
  const folder = new URL('./rollout/', import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.endsWith('.actual.yaml'))) {
    const url = new URL(file, folder);
    const parsed = parseYaml(readFileSync(url, 'utf8'));
    const given = (parsed.ok ? parsed.value : { name: `${file} is no YAML` }) as RolloutCase;
    it(given.name, () => {
      expect(parsed.ok).to.equal(true);
      const actual = runCase(given);
      const actualUrl = new URL(file.replace('.yaml', '.actual.yaml'), folder);
      if (process.env['UPDATE'] === '1') writeFileSync(url, printYaml({ ...given, expect: actual }));
      else {
        try {
          expect(actual).to.deep.equal(given.expect);
          rmSync(actualUrl, { force: true });
        } catch (thrown) {
          writeFileSync(actualUrl, printYaml(actual));
          throw thrown;
        }
      }
    });
  }
});
