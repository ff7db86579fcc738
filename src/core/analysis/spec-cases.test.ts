import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { addMs, formatInstant, instantOf } from '#core/time/instant.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { buildAnalysisRun } from './templates/build-run.js';
import { wholeNumber } from './spec/count.js';
import { substituteArgs } from './arguments/substitute.js';
import { expiryOf } from './run/ttl.js';

function load(file: string): any[] {
  const path = new URL(`../../../test/cases/analysis/${file}.yaml`, import.meta.url);
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.message} in line ${parsed.problem.line ?? 0}`);
  return parsed.value as any[];
}

describe('arguments of a metric (5.3)', () => {
  const base = { name: 'm', provider: { web: { url: 'http://x' } } };
  for (const { name, metric, args, is, message } of load('arguments')) {
    it(name, () => {
      const outcome = substituteArgs({ ...base, ...metric }, args);
      const wanted = message === undefined ? { ok: true, value: { ...base, ...is } } : { ok: false, message };
      expect(outcome).to.deep.equal(wanted);
    });
  }
});

describe('the time to live (13)', () => {
  const end = instantOf(Date.UTC(2026, 0, 1));
  for (const { name, phase, ttl, after, endless = false } of load('ttl')) {
    it(name, () => {
      const run: any = {
        spec: { metrics: [], ...(ttl === undefined ? {} : { ttlStrategy: ttl }) },
        status: { phase, ...(endless ? {} : { completedAt: formatInstant(end) }) },
      };
      expect(expiryOf(run)).to.equal(after === undefined ? undefined : addMs(end, after * 1000));
    });
  }
});

describe('templates in a run (5.2, 6)', () => {
  const metric = (name: string) => ({ name, provider: { web: { url: 'http://x' } } });
  const ref = ({ name, cluster }: any) => ({
    templateName: name,
    ...(cluster === true ? { clusterScope: true } : {}),
  });
  const template = ({ name, cluster, metrics = [], templates = [], ...spec }: any): any => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: cluster === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate',
    metadata: cluster === true ? { name } : { name, namespace: 'shop' },
    spec: { ...spec, metrics: metrics.map(metric), templates: templates.map(ref) },
  });
  const rollout: any = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop', uid: 'u' },
    spec: {},
  };
  for (const { name, templates, refs, caller = {}, is, message } of load('templates')) {
    it(name, () => {
      const built = buildAnalysisRun({
        rollout,
        kind: 'Background',
        analysis: { templates: refs.map(ref), ...caller },
        podHash: 'abc',
        stableHash: 'old',
        revision: '1',
        templates: {
          namespaced: templates.filter((t: any) => t.cluster !== true).map(template),
          cluster: templates.filter((t: any) => t.cluster === true).map(template),
        },
        existing: [],
      });
      if (message !== undefined) {
        expect(built).to.deep.equal({ ok: false, message });
        return;
      }
      if (!built.ok) throw new Error(built.message);
      expect(built.run.spec).to.deep.equal({ ...is, metrics: is.metrics.map(metric) });
    });
  }
});

describe('int-or-string fields (3)', () => {
  const rows: readonly (readonly [any, number])[] = [
    [undefined, 0],
    [3, 3],
    ['3', 3],
    ['+3', 3],
    ['-1', -1],
    ['007', 7],
    ['abc', 0],
    ['', 0],
    ['3.5', 0],
    [' 3', 0],
    ['0x10', 0],
    ['1e3', 0],
  ];
  for (const [given, number] of rows) {
    it(`${JSON.stringify(given) ?? 'nothing'} is ${number}`, () => {
      expect(wholeNumber(given)).to.equal(number);
    });
  }
});
