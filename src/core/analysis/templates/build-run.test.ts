import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { buildAnalysisRun, type RunRequest } from './build-run.js';

const meta = (name: string) => ({ name, namespace: 'shop' });
const metric = (name: string, rest: object = {}) => ({
  name,
  provider: { web: { url: 'http://x' } },
  ...rest,
});
const template = (name: string, spec: object): any => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: meta(name),
  spec,
});
const clusterTemplate = (name: string, spec: object): any => ({
  ...template(name, spec),
  kind: 'ClusterAnalysisTemplate',
});
const rollout: any = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { ...meta('web'), uid: 'u1', labels: { team: 'a' }, annotations: { b: '2', a: '1' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    replicas: 3,
    strategy: { canary: { steps: [{ setWeight: 20 }] } },
  },
};

function request(overrides: Partial<RunRequest> = {}): RunRequest {
  return {
    rollout,
    kind: 'Step',
    stepIndex: 2,
    analysis: { templates: [{ templateName: 'a' }] },
    podHash: 'abc',
    stableHash: 'old',
    revision: '4',
    templates: { namespaced: [template('a', { metrics: [metric('m')] })], cluster: [] },
    existing: [],
    ...overrides,
  };
}

const build = (overrides: Partial<RunRequest> = {}) => buildAnalysisRun(request(overrides));
const withArgs = (templateArgs: object[], args: any[]) =>
  build({
    analysis: { templates: [{ templateName: 'a' }], args },
    templates: { namespaced: [template('a', { metrics: [], args: templateArgs })], cluster: [] },
  });
const builtRun = (overrides: Partial<RunRequest> = {}): AnalysisRun => {
  const built = build(overrides);
  if (!built.ok) throw new Error(built.message);
  return built.run;
};

describe('buildAnalysisRun', () => {
  it('names, labels and owns the run of a step', () => {
    const run = builtRun({
      analysis: {
        templates: [{ templateName: 'a' }],
        analysisRunMetadata: { labels: { app: 'x', extra: '1' }, annotations: { note: 'n' } },
      },
    });
    expect(run.metadata).to.deep.equal({
      name: 'web-abc-4-2',
      namespace: 'shop',
      labels: {
        'rollouts-pod-template-hash': 'abc',
        'rollout-type': 'Step',
        'step-index': '2',
        app: 'web',
        extra: '1',
      },
      annotations: { 'rollout.argoproj.io/revision': '4', note: 'n' },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'web',
          uid: 'u1',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
  });

  it('uses the infix of each kind', () => {
    const name = (kind: RunRequest['kind']) => builtRun({ kind }).metadata.name;
    expect([name('Background'), name('PrePromotion'), name('PostPromotion')]).to.deep.equal([
      'web-abc-4',
      'web-abc-4-pre',
      'web-abc-4-post',
    ]);
  });

  it('takes over an equal unfinished run and evades any other of that name', () => {
    const mine = builtRun();
    expect(build({ existing: [mine] })).to.deep.equal({ ok: true, run: mine, exists: true });
    const finished: any = { ...mine, status: { phase: 'Failed' } };
    const second: any = {
      ...mine,
      metadata: { ...mine.metadata, name: 'web-abc-4-2.1', ownerReferences: [] },
    };
    expect(builtRun({ existing: [finished, second] }).metadata.name).to.equal('web-abc-4-2.2');
    const stopped: any = { ...mine, spec: { ...mine.spec, terminate: true } };
    expect(builtRun({ existing: [stopped] }).metadata.name, 'stopped').to.equal('web-abc-4-2.1');
    expect(builtRun({ taken: [mine.metadata.name] }).metadata.name, 'foreign').to.equal('web-abc-4-2.1');
  });

  it('puts nested templates behind those that name them, cluster templates last, each once', () => {
    const run = builtRun({
      analysis: {
        templates: [{ templateName: 'c', clusterScope: true }, { templateName: 'a' }, { templateName: 'b' }],
      },
      templates: {
        namespaced: [
          template('a', { metrics: [metric('ma')], templates: [{ templateName: 'b' }] }),
          template('b', { metrics: [metric('mb')] }),
        ],
        cluster: [clusterTemplate('c', { metrics: [metric('mc')], templates: [{ templateName: 'b' }] })],
      },
    });
    expect(run.spec.metrics.map((m) => m.name)).to.deep.equal(['mb', 'ma', 'mc']);
  });

  it('names a circle of templates instead of following it', () => {
    const built = build({
      templates: {
        namespaced: [
          template('a', { templates: [{ templateName: 'b' }] }),
          template('b', { templates: [{ templateName: 'a' }] }),
        ],
        cluster: [],
      },
    });
    expect(built).to.deep.include({
      message:
        'analysis templates reference each other in a circle: AnalysisTemplate/a -> AnalysisTemplate/b -> AnalysisTemplate/a',
    });
  });

  const problems: readonly (readonly [string, Partial<RunRequest>, string])[] = [
    ['a missing template', { templates: { namespaced: [], cluster: [] } }, "AnalysisTemplate 'a' not found"],
    [
      'a missing cluster template',
      { analysis: { templates: [{ templateName: 'z', clusterScope: true }] } },
      "ClusterAnalysisTemplate 'z' not found",
    ],
    ['equal metric names', two({ metrics: [metric('m')] }), "two metrics have the same name 'm'"],
    [
      'equal dry-run rules',
      two({ dryRun: [{ metricName: 'x' }] }),
      "two Dry-Run metric rules have the same name 'x'",
    ],
    [
      'equal retention rules',
      two({ measurementRetention: [{ metricName: 'x', limit: 3 }] }),
      "two Measurement Retention metric rules have the same name 'x'",
    ],
    [
      'a dry-run rule that the caller repeats',
      {
        analysis: { templates: [{ templateName: 'a' }], dryRun: [{ metricName: 'm' }] },
        templates: { namespaced: [template('a', { dryRun: [{ metricName: 'm' }] })], cluster: [] },
      },
      "two Dry-Run metric rules have the same name 'm'",
    ],
    [
      'different defaults',
      {
        analysis: {
          templates: [{ templateName: 'a' }, { templateName: 'b' }],
          args: [{ name: 'x', value: '3' }],
        },
        templates: {
          namespaced: [
            template('a', { args: [{ name: 'x', value: '1' }] }),
            template('b', { args: [{ name: 'x', value: '2' }] }),
          ],
          cluster: [],
        },
      },
      "Argument `x` specified multiple times with different values: '1', '2'",
    ],
  ];
  function two(spec: object): Partial<RunRequest> {
    return {
      analysis: { templates: [{ templateName: 'a' }, { templateName: 'b' }] },
      templates: { namespaced: [template('a', spec), template('b', spec)], cluster: [] },
    };
  }
  for (const [what, overrides, message] of problems) {
    it(`refuses ${what}`, () => expect(build(overrides)).to.deep.equal({ ok: false, message }));
  }

  describe('arguments', () => {
    const value = (arg: object): unknown => {
      const built = withArgs([{ name: 'x' }], [{ name: 'x', ...arg }]);
      return built.ok ? built.run.spec.args?.[0]?.value : built.message;
    };
    const at = (fieldPath: string) => value({ valueFrom: { fieldRef: { fieldPath } } });

    it('come from text, pod hashes, metadata and paths', () => {
      expect(value({ value: 'v' })).to.equal('v');
      expect(value({})).to.equal('');
      expect(value({ valueFrom: { podTemplateHashValue: 'Latest' } })).to.equal('abc');
      expect(value({ valueFrom: { podTemplateHashValue: 'Stable' } })).to.equal('old');
      expect(at('metadata.name')).to.equal('web');
      expect(at('metadata.namespace')).to.equal('shop');
      expect(at('metadata.uid')).to.equal('u1');
      expect(at("metadata.labels['team']")).to.equal('a');
      expect(at("metadata.labels['none']")).to.equal('');
      expect(at('metadata.annotations')).to.equal('a="1"\nb="2"');
      expect(at('spec.replicas')).to.equal('3');
      expect(at('spec.strategy.canary.steps[0].setWeight')).to.equal('20');
    });

    it('name the path that leads nowhere', () => {
      expect(at('metadata.generation')).to.equal('unsupported fieldPath: metadata.generation');
      expect(at('spec.strategy.canary.steps[x]')).to.equal("invalid index 'x'");
      expect(at('spec.strategy.canary.steps[7]')).to.equal('index 7 out of range');
      expect(at('spec.nothing')).to.equal('invalid path spec.nothing in rollout');
      expect(at('spec.replicas.x')).to.equal('invalid path spec.replicas.x in rollout');
      expect(at('spec.strategy')).to.equal(
        'path spec.strategy in rollout must terminate in a primitive value',
      );
    });

    it('override defaults, leave out what is not declared and must all be there', () => {
      const built = withArgs(
        [
          { name: 'x', value: 'd' },
          { name: 'y', value: 'e' },
        ],
        [
          { name: 'y', value: 'given' },
          { name: 'z', value: '1' },
        ],
      );
      expect(built.ok && built.run.spec.args).to.deep.equal([
        { name: 'x', value: 'd' },
        { name: 'y', value: 'given' },
      ]);
      expect(withArgs([{ name: 'x' }], [])).to.deep.equal({ ok: false, message: 'args.x was not resolved' });
    });

    it('keep the secret reference under a value of the caller', () => {
      const secret = { secretKeyRef: { name: 's', key: 'k' } };
      const built = withArgs([{ name: 'x', valueFrom: secret }], [{ name: 'x', value: 'v' }]);
      expect(built.ok && built.run.spec.args).to.deep.equal([{ name: 'x', valueFrom: secret, value: 'v' }]);
    });
  });
});
