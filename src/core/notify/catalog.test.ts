import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ConfigMap } from '#api/k8s/core-kinds.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { parseNotifyConfig } from './config.js';
import { renderContent } from './content.js';
import { isEventTrigger } from './event-trigger.js';
import { templateVariables } from './variables.js';

const parsed = parseYaml(readFileSync('deploy/notifications/configmap.yaml', 'utf8'));
const { data = {} } = (parsed.ok ? parsed.value : {}) as ConfigMap;
const config = parseNotifyConfig({ namespace: 'a', data, secretName: 's', secrets: {}, version: '1' });

function rollout(rest: object): Rollout {
  const annotations = { 'rollout.argoproj.io/revision': '2' };
  const metadata = { name: 'web', namespace: 'shop', annotations };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, ...rest } as unknown as Rollout;
}

const containers = [{ name: 'web', image: 'web:2' }];
const subjects: Readonly<Record<string, Rollout>> = {
  'a canary': rollout({
    spec: { strategy: { canary: { steps: [{ setWeight: 5 }] } }, template: { spec: { containers } } },
    status: {
      currentStepIndex: 1,
      pauseConditions: [{ reason: 'CanaryPauseStep' }],
      message: 'a "quoted" word',
    },
  }),
  'a blue-green release of a workload': rollout({
    spec: { strategy: { blueGreen: {} }, workloadRef: { name: 'web' }, replicas: 3 },
    status: {},
  }),
};

describe('triggers and templates to begin with', () => {
  it('fire on events, and send templates that are there', () => {
    expect(config.problems).to.deep.equal([]);
    expect(config.triggers.size).to.be.greaterThan(10);
    for (const [name, trigger] of config.triggers) {
      expect(isEventTrigger(name), name).to.equal(true);
      const sent = trigger.ok ? trigger.value.flatMap(({ send }) => send) : [];
      expect(
        sent.filter((one) => config.templates.get(one)?.ok !== true),
        name,
      ).to.deep.equal([]);
    }
  });

  for (const [name, subject] of Object.entries(subjects)) {
    it(`make sense of ${name}`, () => {
      const run = { metadata: { name: 'web-1' } } as AnalysisRun;
      for (const template of config.templates.keys()) {
        // Only a canary has steps.
        if (template === 'rollout-step-completed' && subject.spec.strategy?.canary === undefined) continue;
        const destination = { service: 'slack', recipient: 'ops' };
        const variables = templateVariables(
          { rollout: subject, analysisRuns: [run] },
          config,
          destination,
          0,
        );
        const content = renderContent([template], { type: 'slack', name: 'slack' }, config, variables, 0);
        expect(content.ok ? '' : content.problem, template).to.equal('');
        if (!content.ok) continue;
        expect(content.value.message, template).to.contain('web').and.not.to.contain('<no value>');
        const [attachment] = JSON.parse(String(content.value.block?.['attachments'])) as {
          readonly fields: unknown[];
        }[];
        expect(attachment?.fields.length, template).to.equal(name === 'a canary' ? 3 : 2);
      }
    });
  }
});
