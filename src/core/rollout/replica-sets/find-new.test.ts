import { expect } from 'chai';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import { withAntiAffinity } from './anti-affinity.js';
import { findNewReplicaSet } from './find-new.js';

const template: PodTemplateSpec = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '1000m' } },
      },
    ],
  },
};
const hash = podTemplateHash(template);
const hashKey = 'rollouts-pod-template-hash';

function replicaSet(name: string, of: PodTemplateSpec, annotations: Record<string, string> = {}): ReplicaSet {
  const podLabels = { ...of.metadata?.labels, [hashKey]: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `web-${name}`, namespace: 'shop', labels: podLabels, annotations },
    spec: { selector: {}, template: { ...of, metadata: { ...of.metadata, labels: podLabels } } },
  };
}

function found(...sets: readonly ReplicaSet[]): string | undefined {
  return findNewReplicaSet(sets, template, hash)?.metadata.name;
}

describe('findNewReplicaSet', () => {
  it('prefers the label over a template that means the same', () => {
    expect(found(replicaSet('other', template), replicaSet(hash, template))).to.equal(`web-${hash}`);
  });

  it('takes over a set that another version hashed differently', () => {
    expect(found(replicaSet('66597877b7', template))).to.equal('web-66597877b7');
  });

  it('does not count defaults of the API server, nor quantities that are written otherwise', () => {
    const stored: PodTemplateSpec = {
      metadata: { labels: { app: 'web' } },
      spec: {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            name: 'web',
            image: 'web:1',
            imagePullPolicy: 'IfNotPresent',
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            resources: { limits: { cpu: '1' } },
          },
        ],
      },
    };
    expect(found(replicaSet('defaulted', stored))).to.equal('web-defaulted');
  });

  it('does not count the metadata of a role that the annotation tells of', () => {
    const labelled = {
      ...template,
      metadata: { labels: { app: 'web', role: 'stable' }, annotations: { note: 'x' } },
    };
    const told = {
      'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"stable"},"annotations":{"note":"x"}}',
    };
    expect(found(replicaSet('roled', labelled, told))).to.equal('web-roled');
    expect(found(replicaSet('untold', labelled))).to.equal(undefined);
  });

  it('does not count the anti-affinity to the revision that was stable', () => {
    const wish = { requiredDuringSchedulingIgnoredDuringExecution: {} };
    const apart = withAntiAffinity(template, wish, 'was-stable', 'shop');
    expect(found(replicaSet('apart', apart))).to.equal('web-apart');
  });

  it('finds nothing for other pods, and the oldest of several that fit', () => {
    const other = { ...template, spec: { containers: [{ name: 'web', image: 'web:2' }] } };
    expect(found(replicaSet('other', other))).to.equal(undefined);
    expect(
      found(replicaSet('other', other), replicaSet('one', template), replicaSet('two', template)),
    ).to.equal('web-one');
  });
});
