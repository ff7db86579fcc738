import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { validateRolloutReferences } from '#core/rollout/validate/references.js';
import { parseYaml } from '#core/yaml/yaml.js';

function load(): any[] {
  const path = new URL('../../../../test/cases/analysis/rollout-references.yaml', import.meta.url);
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${parsed.problem.message} in line ${parsed.problem.line ?? 0}`);
  return parsed.value as any[];
}

const ref = ({ name, cluster = false }: any) => ({
  templateName: name,
  ...(cluster ? { clusterScope: true } : {}),
});
const template = ({ name, cluster = false, metrics = [], templates = [], ...spec }: any): any => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: cluster === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate',
  metadata: cluster === true ? { name } : { name, namespace: 'shop' },
  spec: {
    ...spec,
    metrics: metrics.map((metric: object) => ({
      name: 'm',
      provider: { web: { url: 'http://x' } },
      ...metric,
    })),
    templates: templates.map(ref),
  },
});

const strategies: Readonly<Record<string, (analysis: object) => object>> = {
  pre: (prePromotionAnalysis) => ({ blueGreen: { prePromotionAnalysis } }),
  post: (postPromotionAnalysis) => ({ blueGreen: { postPromotionAnalysis } }),
  step: (analysis) => ({ canary: { steps: [{ setWeight: 20 }, { analysis }] } }),
  background: (analysis) => ({ canary: { analysis } }),
};

describe('the analyses that a Rollout names (4)', () => {
  for (const { name, at, templates, refs = [{ name: 't' }], error, ...analysis } of load()) {
    it(error === undefined ? `allow ${name}` : `refuse ${name}`, () => {
      const strategy = strategies[at]?.({ templates: refs.map(ref), ...analysis });
      const rollout: any = { metadata: { name: 'web', namespace: 'shop' }, spec: { strategy } };
      const problem = validateRolloutReferences(rollout, {
        services: {},
        routers: [],
        templates: {
          namespaced: templates.filter((one: any) => one.cluster !== true).map(template),
          cluster: templates.filter((one: any) => one.cluster === true).map(template),
        },
      });
      expect(problem && `${problem.path}: ${problem.message}`).to.equal(error);
    });
  }
});
