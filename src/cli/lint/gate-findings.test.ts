import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { printYaml, parseYaml } from '#core/yaml/yaml.js';
import { readManifests } from '../manifests.js';
import { gateFilesOf, gateFindings } from './gate-findings.js';

const metric = {
  name: 'm',
  interval: '1m',
  count: 5,
  failureLimit: 0,
  successCondition: 'len(result) == 0 || result[0] >= 0.95',
  provider: { prometheus: { address: 'http://prometheus:9090', query: 'sum(rate(x[1m]))' } },
};

function load(): any[] {
  const path = new URL('../../../test/cases/gate-lint/rules.yaml', import.meta.url);
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok)
    throw new Error(`rules.yaml: ${parsed.problem.message} in line ${parsed.problem.line ?? 0}`);
  return parsed.value as any[];
}

/** Fields that are `null` in a case are left out. */
function laidOver(given: object): object {
  const all = Object.entries({ ...metric, ...given }).filter(([, value]) => value !== null);
  return Object.fromEntries(all);
}

function template(name: string, spec: any, kind = 'AnalysisTemplate'): object {
  const metrics = spec.metrics?.map(laidOver);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name },
    spec: { ...spec, ...(metrics === undefined ? {} : { metrics }) },
  };
}

describe('what is said of gates before they run', () => {
  for (const { name, metric: given, spec, run, others = [], says } of load()) {
    it(name, async () => {
      const own = template('t', spec ?? { metrics: [given] }, run === true ? 'AnalysisRun' : undefined);
      const rest = others.map(({ name: other, ...its }: any) => template(other, its));
      const text = [own, ...rest].map((one) => printYaml(one)).join('---\n');
      const manifests = await readManifests(['a.yaml'], async () => Promise.resolve(text));
      const findings = gateFindings(manifests[0]!, gateFilesOf(manifests));
      const prefix = spec === undefined ? /^spec\.metrics\[0\]\.?/ : /^$/;
      const said = findings.map(
        ({ level, rule, path, message }) => `${level} ${rule} ${path.replace(prefix, '')}: ${message}`,
      );
      expect(said).to.have.length(says.length, said.join('\n'));
      for (const line of says as string[]) {
        expect(said.filter((one) => one.startsWith(line))).to.have.length.of.at.least(
          1,
          `${line}\nin\n${said.join('\n')}`,
        );
      }
    });
  }
});
