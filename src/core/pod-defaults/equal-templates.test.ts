import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { templatesEqualIgnoringDefaults } from './equal-templates.js';
import { withPodDefaults } from './pod-defaults.js';

const hash = 'rollouts-pod-template-hash';
const template = (labels: Record<string, string>, spec: Record<string, unknown> = {}): PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'sluice.dev/demo:v1' }], ...spec },
});
const plain = template({ app: 'web' });
const term = {
  topologyKey: 'kubernetes.io/hostname',
  labelSelector: { matchExpressions: [{ key: hash, operator: 'In', values: ['abc'] }] },
};
const own = { weight: 1, podAffinityTerm: { topologyKey: 'zone' } };

describe('equality of pod templates', () => {
  it('holds for what a real API server stored', () => {
    const parsed = parseYaml(readFileSync('test/cases/pod-defaults/stored-by-kubernetes-1.34.yaml', 'utf8'));
    const golden = (parsed.ok ? parsed.value : undefined) as {
      readonly wanted: PodTemplateSpec;
      readonly stored: PodTemplateSpec;
    };
    expect(templatesEqualIgnoringDefaults(golden.wanted, golden.stored)).to.equal(true);
    expect(withPodDefaults(golden.stored)).to.deep.equal(golden.stored);
  });

  const rows: readonly [name: string, wanted: PodTemplateSpec, stored: PodTemplateSpec, equal: boolean][] = [
    ['the hash label', plain, template({ app: 'web', [hash]: 'abc' }), true],
    ['another label', plain, template({ app: 'web', team: 'a' }), false],
    [
      'the deprecated service account',
      template({}, { serviceAccountName: 'a' }),
      template({}, { serviceAccountName: 'a', serviceAccount: 'a' }),
      true,
    ],
    [
      'required anti-affinity of the controller',
      plain,
      template(
        { app: 'web' },
        { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
      ),
      true,
    ],
    [
      'preferred anti-affinity beside the own one',
      template(
        {},
        { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [own] } } },
      ),
      template(
        {},
        {
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [own, { weight: 5, podAffinityTerm: term }],
            },
          },
        },
      ),
      true,
    ],
    [
      'quantities',
      template({}, { containers: [{ name: 'a', image: 'b:1', resources: { limits: { cpu: 0.5 } } }] }),
      template({}, { containers: [{ name: 'a', image: 'b:1', resources: { limits: { cpu: '500m' } } }] }),
      true,
    ],
    [
      'the pull policy of an untagged image',
      template({}, { containers: [{ name: 'a', image: 'reg:5000/b' }] }),
      template({}, { containers: [{ name: 'a', image: 'reg:5000/b', imagePullPolicy: 'Always' }] }),
      true,
    ],
    [
      'the pull policy of a digest',
      template({}, { containers: [{ name: 'a', image: 'b@sha256:0a' }] }),
      template({}, { containers: [{ name: 'a', image: 'b@sha256:0a', imagePullPolicy: 'IfNotPresent' }] }),
      true,
    ],
    [
      'another image',
      plain,
      template({ app: 'web' }, { containers: [{ name: 'web', image: 'sluice.dev/demo:v2' }] }),
      false,
    ],
    ['a grace period of 0', plain, template({ app: 'web' }, { terminationGracePeriodSeconds: 0 }), false],
  ];
  for (const [name, wanted, stored, equal] of rows) {
    it(`${equal ? 'does not see' : 'sees'} ${name}`, () => {
      expect(templatesEqualIgnoringDefaults(wanted, stored)).to.equal(equal);
    });
  }

  it('does not see metadata that was injected', () => {
    const stored = template({ app: 'web', role: 'canary' });
    expect(templatesEqualIgnoringDefaults(plain, stored)).to.equal(false);
    expect(templatesEqualIgnoringDefaults(plain, stored, { labels: { role: 'canary' } })).to.equal(true);
  });
});
