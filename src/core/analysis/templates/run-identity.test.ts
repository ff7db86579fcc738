import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { buildAnalysisRun, type RunRequest } from './build-run.js';

const metric = { name: 'm', provider: { web: { url: 'http://x' } } };
const rolloutOf = (overrides: any): any => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', ...overrides.metadata },
  spec: { selector: { matchLabels: { app: 'web', ...overrides.matchLabels } }, strategy: {} },
});
const request = (overrides: any = {}): RunRequest => ({
  rollout: rolloutOf(overrides),
  kind: 'Step',
  stepIndex: 1,
  analysis: { templates: [{ templateName: 'a' }], ...overrides.analysis },
  podHash: 'abc',
  stableHash: 'old',
  revision: '7',
  templates: {
    namespaced: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisTemplate',
        metadata: { name: 'a', namespace: 'shop' },
        spec: { metrics: [metric], args: [{ name: 'x', value: '1' }] },
      },
    ],
    cluster: [],
  },
  existing: [],
  ...overrides.request,
});
function built(overrides: any = {}): AnalysisRun {
  const outcome = buildAnalysisRun(request(overrides));
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.run;
}

describe('who a run of a Rollout is (7)', () => {
  const kinds: readonly (readonly [object, string, object])[] = [
    [{ kind: 'Step', stepIndex: 0 }, 'web-abc-7-0', { 'rollout-type': 'Step', 'step-index': '0' }],
    [{ kind: 'Step', stepIndex: 12 }, 'web-abc-7-12', { 'rollout-type': 'Step', 'step-index': '12' }],
    [{ kind: 'Background' }, 'web-abc-7', { 'rollout-type': 'Background' }],
    [{ kind: 'PrePromotion' }, 'web-abc-7-pre', { 'rollout-type': 'PrePromotion' }],
    [{ kind: 'PostPromotion' }, 'web-abc-7-post', { 'rollout-type': 'PostPromotion' }],
  ];
  for (const [given, name, labels] of kinds) {
    it(`is called ${name}`, () => {
      const { metadata } = built({ request: given });
      expect([metadata.name, metadata.labels]).to.deep.equal([
        name,
        { 'rollouts-pod-template-hash': 'abc', app: 'web', ...labels },
      ]);
    });
  }

  it('has the instance id of its Rollout, more labels, and last those of the selector', () => {
    const run = built({
      metadata: { labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'one', other: 'x' } },
      matchLabels: { tier: 'front' },
      analysis: {
        analysisRunMetadata: {
          labels: { app: 'hidden', 'rollout-type': 'Mine', extra: '1' },
          annotations: { 'rollout.argoproj.io/revision': '99', note: 'n' },
        },
      },
    });
    expect([run.metadata.labels, run.metadata.annotations]).to.deep.equal([
      {
        'rollouts-pod-template-hash': 'abc',
        'rollout-type': 'Mine',
        'step-index': '1',
        'argo-rollouts.argoproj.io/controller-instance-id': 'one',
        extra: '1',
        app: 'web',
        tier: 'front',
      },
      { 'rollout.argoproj.io/revision': '99', note: 'n' },
    ]);
  });

  const mine = built();
  const like = (change: any): AnalysisRun => ({
    ...mine,
    ...change,
    metadata: { ...mine.metadata, ...change.metadata },
  });
  const owner = mine.metadata.ownerReferences?.[0];
  const takings: readonly (readonly [string, AnalysisRun, boolean])[] = [
    ['an equal one that runs', like({ status: { phase: 'Running' } }), true],
    ['an equal one that nobody has looked at', like({}), true],
    ['an equal one with other labels', like({ metadata: { labels: {} } }), true],
    ['an equal one with a time to live', like({ spec: { ...mine.spec, ttlStrategy: {} } }), true],
    ['an equal one that is Successful', like({ status: { phase: 'Successful' } }), false],
    ['an equal one that is Failed', like({ status: { phase: 'Failed' } }), false],
    ['an equal one that is Error', like({ status: { phase: 'Error' } }), false],
    ['an equal one that is Inconclusive', like({ status: { phase: 'Inconclusive' } }), false],
    ['one without an owner', like({ metadata: { ownerReferences: [] } }), false],
    ['one of another owner', like({ metadata: { ownerReferences: [{ ...owner, uid: 'u2' }] } }), false],
    ['one with other metrics', like({ spec: { ...mine.spec, metrics: [{ ...metric, count: 2 }] } }), false],
    ['one with other arguments', like({ spec: { ...mine.spec, args: [{ name: 'x', value: '2' }] } }), false],
    ['one with dry-run rules', like({ spec: { ...mine.spec, dryRun: [{ metricName: 'm' }] } }), false],
    [
      'one with retention rules',
      like({ spec: { ...mine.spec, measurementRetention: [{ metricName: 'm', limit: 1 }] } }),
      false,
    ],
  ];
  for (const [name, existing, isTaken] of takings) {
    it(`${isTaken ? 'takes over' : 'evades'} ${name} under its name`, () => {
      const outcome = buildAnalysisRun(request({ request: { existing: [existing] } }));
      expect(outcome).to.deep.include(isTaken ? { exists: true, run: existing } : { exists: false });
      if (outcome.ok && !isTaken) expect(outcome.run.metadata.name).to.equal('web-abc-7-1.1');
    });
  }

  it('takes the first free suffix, or the first equal run among those with one', () => {
    const done = (name: string) => like({ metadata: { name }, status: { phase: 'Failed' } });
    const existing = [done('web-abc-7-1'), done('web-abc-7-1.1'), done('web-abc-7-1.3')];
    const outcome = buildAnalysisRun(request({ request: { existing } }));
    expect(outcome.ok && outcome.run.metadata.name).to.equal('web-abc-7-1.2');
    const going = like({ metadata: { name: 'web-abc-7-1.1' } });
    const other = buildAnalysisRun(request({ request: { existing: [done('web-abc-7-1'), going] } }));
    expect(other).to.deep.equal({ ok: true, exists: true, run: going });
  });

  it('is not disturbed by a run of that name in another namespace', () => {
    const outcome = buildAnalysisRun(
      request({
        request: { existing: [like({ metadata: { namespace: 'other' }, status: { phase: 'Failed' } })] },
      }),
    );
    expect(outcome.ok && outcome.run.metadata.name).to.equal('web-abc-7-1');
  });
});

describe('paths of a Rollout as arguments (5.1)', () => {
  const rollout = {
    metadata: { labels: { team: 'a', b: 'say "x"' }, annotations: { 'a.b/c': 'd' } },
    request: {},
  };
  const value = (fieldPath: string, spec: object = {}): unknown => {
    const wanted = request({
      ...rollout,
      analysis: { args: [{ name: 'x', valueFrom: { fieldRef: { fieldPath } } }] },
    });
    const full: any = {
      ...wanted,
      rollout: { ...wanted.rollout, spec: { ...wanted.rollout.spec, ...spec } },
    };
    const outcome = buildAnalysisRun(full);
    return outcome.ok ? outcome.run.spec.args?.[0]?.value : outcome.message;
  };
  const containers = { template: { spec: { containers: [{ name: 'c', image: 'web:1', ports: [80, 81] }] } } };
  const rows: readonly (readonly [path: string, value: unknown, spec?: object])[] = [
    ['metadata.labels', 'b="say \\"x\\""\nteam="a"'],
    ["metadata.annotations['a.b/c']", 'd'],
    ["metadata.labels['none']", ''],
    ['metadata.resourceVersion', 'unsupported fieldPath: metadata.resourceVersion'],
    ['metadata', 'unsupported fieldPath: metadata'],
    ['kind', 'Rollout'],
    ['spec.template.spec.containers[0].image', 'web:1', containers],
    ['spec.template.spec.containers.0.image', 'web:1', containers],
    ['spec[template][spec].containers[0].ports[1]', '81', containers],
    ['spec.template.spec.containers[1].image', 'index 1 out of range', containers],
    ['spec.template.spec.containers[-1].image', 'index -1 out of range', containers],
    ['spec.template.spec.containers[c].image', "invalid index 'c'", containers],
    ['spec.template.spec.containers.name', "invalid index 'name'", containers],
    [
      'spec.template.spec.containers',
      'path spec.template.spec.containers in rollout must terminate in a primitive value',
      containers,
    ],
    [
      'spec.template.spec.containers[0]',
      'path spec.template.spec.containers[0] in rollout must terminate in a primitive value',
      containers,
    ],
    ['spec.replicas', '3', { replicas: 3 }],
    ['spec.paused', 'true', { paused: true }],
    ['spec.paused', 'invalid path spec.paused in rollout', { paused: null }],
    ['spec.replicas.x', 'invalid path spec.replicas.x in rollout', { replicas: 3 }],
    ['spec.toString', 'invalid path spec.toString in rollout'],
    ['status.phase', 'invalid path status.phase in rollout'],
    ['spec.progressDeadlineSeconds', '600', { progressDeadlineSeconds: 600 }],
    ['spec.progressDeadlineSeconds', '1e+06', { progressDeadlineSeconds: 1_000_000 }],
    ['spec.ratio', '0.25', { ratio: 0.25 }],
  ];
  for (const [path, wanted, spec] of rows) {
    it(`${path} is ${JSON.stringify(wanted)}`, () => expect(value(path, spec)).to.equal(wanted));
  }

  const hashes: readonly (readonly [object, string])[] = [
    [{ valueFrom: { podTemplateHashValue: 'Latest' } }, 'abc'],
    [{ valueFrom: { podTemplateHashValue: 'Stable' } }, 'old'],
    [{ value: 'v', valueFrom: { podTemplateHashValue: 'Stable' } }, 'old'],
    [{ value: 'v', valueFrom: { podTemplateHashValue: 'Other' } }, 'v'],
    [{ value: 'v', valueFrom: {} }, 'v'],
    [{ valueFrom: {} }, ''],
    [{ value: 'v', valueFrom: { fieldRef: { fieldPath: 'kind' } } }, 'Rollout'],
  ];
  for (const [arg, wanted] of hashes) {
    it(`${JSON.stringify(arg)} is ${JSON.stringify(wanted)}`, () => {
      const outcome = buildAnalysisRun(request({ analysis: { args: [{ name: 'x', ...arg }] } }));
      expect(outcome.ok && outcome.run.spec.args?.[0]?.value).to.equal(wanted);
    });
  }

  it('a path that leads nowhere keeps the run from being made, and names the first that does', () => {
    const from = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
    const args = [
      { name: 'x', ...from('spec.none') },
      { name: 'y', ...from('kind') },
    ];
    expect(buildAnalysisRun(request({ analysis: { args } }))).to.deep.equal({
      ok: false,
      message: 'invalid path spec.none in rollout',
    });
  });
});
