import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseYaml } from '#core/yaml/yaml.js';
import { renderAggregateRoles } from './aggregate-roles.js';
import { renderChartValuesSchema } from './chart-values.js';
import { renderRoles } from './cluster-role.js';
import { renderChartCrds } from './crds.js';
import { renderMonitoring } from './monitoring/files.js';

const read = (path: string): any => {
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${path} does not parse`);
  return parsed.value;
};

describe('what is generated for the chart and for deploy/', () => {
  const files = [
    ...renderAggregateRoles(),
    ...renderChartCrds(),
    ...renderMonitoring(),
    renderChartValuesSchema(),
    ...renderRoles(),
  ];
  for (const { path, text } of files)
    it(`${path} is what \`make generate\` writes`, () => {
      expect(readFileSync(path, 'utf8')).to.equal(text);
    });

  it('has the definitions of crds/, each once', () => {
    const names = readdirSync('crds').filter((name) => name.endsWith('.yaml'));
    const inChart = readdirSync('deploy/chart/files/crds');
    expect(inChart).to.deep.equal(names.map((name) => name.replace('.yaml', '.json')));
    for (const name of names)
      expect(read(`deploy/chart/files/crds/${name.replace('.yaml', '.json')}`)).to.deep.equal(
        read(`crds/${name}`),
      );
  });

  it('has the version of the package in chart, image and manifests', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const chart = read('deploy/chart/Chart.yaml');
    expect([chart.version, chart.appVersion]).to.deep.equal([version, version]);
    expect(readFileSync('deploy/base/deployment.yaml', 'utf8')).to.contain(`image: sluice:${version}\n`);
    expect(readFileSync('Makefile', 'utf8')).to.contain(`IMAGE ?= sluice:${version}\n`);
  });

  it('reads no value in a template that has no default', () => {
    const { properties } = JSON.parse(readFileSync('deploy/chart/values.schema.json', 'utf8'));
    for (const path of templates('deploy/chart/templates')) {
      const text = readFileSync(path, 'utf8');
      for (const [, used = ''] of text.matchAll(/\.Values\.([A-Za-z.]+)/g))
        expect(hasValue(properties, used.split('.')), `${path}: ${used}`).to.equal(true);
    }
  });
});

function templates(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? templates(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

function hasValue(properties: any, [first = '', ...rest]: readonly string[]): boolean {
  const found = properties?.[first];
  if (found === undefined || rest.length === 0) return found !== undefined;
  return found.properties === undefined || hasValue(found.properties, rest);
}
