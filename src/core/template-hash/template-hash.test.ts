import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { podTemplateHash, stepsHash } from './template-hash.js';

const template = (name: string, spec: Record<string, unknown> = {}): PodTemplateSpec => ({
  metadata: { labels: { app: name } },
  spec: {
    ...spec,
    containers: [
      {
        name,
        image: 'nginx:1.19-alpine',
        resources: { requests: { cpu: '5m', memory: '16Mi' } },
        ports: [{ protocol: 'TCP', name: 'http', containerPort: 80 }],
      },
    ],
  },
});

describe('template hash', () => {
  it('equals the published hashes', () => {
    expect(podTemplateHash(template('canary-scaledowndelay'))).to.equal('674d8cf959');
    const gates = { readinessGates: [{ conditionType: 'argoproj.io/e2e-readiness' }] };
    expect(podTemplateHash(template('dynamic-stable-scale', gates))).to.equal('6b56c8cdb4');
  });

  it('equals what Go gives for a template with every kind of field', () => {
    const parsed = parseYaml(readFileSync('test/cases/template-hash/every-kind-of-field.yaml', 'utf8'));
    const golden = (parsed.ok ? parsed.value : undefined) as {
      readonly template: PodTemplateSpec;
      readonly expect: { readonly hash: string; readonly collisions: Readonly<Record<string, string>> };
    };
    expect(podTemplateHash(golden.template)).to.equal(golden.expect.hash);
    expect(podTemplateHash(golden.template, 300)).to.equal(golden.expect.collisions['300']);
  });

  it('equals what Go gives for random templates, in whatever words they are written', () => {
    const lines = readFileSync('test/cases/template-hash/vectors.jsonl', 'utf8').trim().split('\n');
    for (const line of lines) {
      const vector = JSON.parse(line) as { template: PodTemplateSpec; collision?: number; hash: string };
      expect(podTemplateHash(vector.template, vector.collision), line).to.equal(vector.hash);
    }
    expect(lines.length).to.be.greaterThan(150);
  });

  it('does not see what Go does not see', () => {
    const plain = template('canary-scaledowndelay');
    const noisy = {
      metadata: { ...plain.metadata, creationTimestamp: null, annotations: {} },
      spec: { ...plain.spec, hostNetwork: false, nodeSelector: {}, fieldOfTheFuture: 1 },
    } as unknown as PodTemplateSpec;
    expect(podTemplateHash(noisy)).to.equal(podTemplateHash(plain));
  });

  it('differs by collision count, also by 0', () => {
    const plain = template('canary-scaledowndelay');
    const hashes = [undefined, 0, 1].map((count) => podTemplateHash(plain, count));
    expect(new Set(hashes).size).to.equal(3);
  });
});

describe('steps hash', () => {
  it('equals the published hashes', () => {
    expect(stepsHash(undefined)).to.equal('5ffbfbbd64');
    expect(stepsHash([{ pause: {} }])).to.equal('6b9b86fbd5');
    expect(stepsHash([{ pause: {} }, { pause: {} }])).to.equal('79c9b9f6bf');
  });

  it('leaves absent metadata of an analysis step out, and writes that of an experiment', () => {
    // Asked of the peer's own function.
    expect(stepsHash([{ analysis: { templates: [{ templateName: 'a' }] } }])).to.equal('6b86b64488');
    const experiment = { templates: [{ name: 'a', specRef: 'canary' as const }] };
    expect(stepsHash([{ experiment }])).to.equal('7446746798');
  });

  it('sees an explicit clusterScope: false', () => {
    const step = (ref: { templateName: string; clusterScope?: boolean }) =>
      stepsHash([{ analysis: { templates: [ref] } }]);
    expect(step({ templateName: 'a', clusterScope: false })).to.not.equal(step({ templateName: 'a' }));
  });
});
