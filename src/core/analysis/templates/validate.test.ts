import { expect } from 'chai';
import { findAnalysisProblem, type AnalysisCheck } from './validate.js';

const rollout: any = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {},
};
const template = (spec: object, name = 't'): any => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name, namespace: 'shop' },
  spec,
});
const metric = (rest: object = {}) => ({ name: 'm', provider: { web: { url: 'http://x' } }, ...rest });

function find(spec: object, rest: Partial<AnalysisCheck> = {}) {
  return findAnalysisProblem({
    rollout,
    analysis: { templates: [{ templateName: 't' }] },
    background: false,
    templates: { namespaced: [template(spec)], cluster: [] },
    stepAnalyses: [],
    ...rest,
  });
}

describe('findAnalysisProblem', () => {
  it('has nothing against a bounded metric', () => {
    expect(find({ metrics: [metric({ count: 3, interval: '1m' }), metric({ name: 'n' })] })).to.equal(
      undefined,
    );
  });

  it('names a template that is missing', () => {
    expect(find({}, { templates: { namespaced: [], cluster: [] } })).to.deep.equal({
      value: 't',
      message: "AnalysisTemplate 't' not found",
    });
  });

  it('names a metric without end, unless it runs in the background', () => {
    const spec = { metrics: [metric({ interval: '1m' })] };
    expect(find(spec)).to.deep.equal({
      value: 't',
      message: 'AnalysisTemplate t has metric m which runs indefinitely. Invalid value for count: <nil>',
    });
    expect(find(spec, { background: true })).to.equal(undefined);
  });

  it('names templates that do not go together, with the rules of each step too', () => {
    const problem = {
      value: 'templateNames: [t]',
      message: "two Dry-Run metric rules have the same name 'm'",
    };
    const stepAnalyses = [{ dryRun: [{ metricName: 'm' }] }];
    expect(find({ metrics: [metric()], dryRun: [{ metricName: 'm' }] }, { stepAnalyses })).to.deep.equal(
      problem,
    );
  });

  it('names an argument that nobody gives', () => {
    const spec = { metrics: [metric()], args: [{ name: 'host' }] };
    expect(find(spec)?.message).to.equal('args.host was not resolved');
    const args = [{ name: 'host', valueFrom: { fieldRef: { fieldPath: 'status.nothing.yet' } } }];
    const analysis = { templates: [{ templateName: 't' }], args };
    expect(find(spec, { analysis })).to.equal(undefined);
    expect(find(spec, { analysis, background: true })).to.equal(undefined);
  });

  it('refuses an argument with a value and a reference', () => {
    const valueFrom = { secretKeyRef: { name: 's', key: 'k' } };
    expect(find({ metrics: [metric()], args: [{ name: 'a', value: 'v', valueFrom }] })).to.deep.equal({
      value: 't',
      message: "AnalysisTemplate t: arg 'a' has both Value and ValueFrom fields",
    });
  });

  const both = { templates: [{ templateName: 't' }, { templateName: 'u' }] };
  const pair = (first: object, second: object) => ({
    namespaced: [template(first), template(second, 'u')],
    cluster: [],
  });

  it('names, for a background analysis, an argument of a template that only another one gives a value', () => {
    const templates = pair(
      { metrics: [metric()], args: [{ name: 'x' }] },
      { args: [{ name: 'x', value: '1' }] },
    );
    expect(find({}, { templates, analysis: both, background: true })).to.deep.equal({
      value: 't',
      message: 'missing analysis arguments in rollout spec',
    });
    const analysis = { ...both, args: [{ name: 'other' }] };
    expect(find({}, { templates, analysis, background: true })).to.deep.equal({ value: 't', message: 'x' });
    expect(find({}, { templates, analysis: { ...both, args: [{ name: 'x' }] }, background: true })).to.equal(
      undefined,
    );
  });

  it('names a cluster template that is missing', () => {
    const analysis = { templates: [{ templateName: 'c', clusterScope: true }] };
    expect(find({}, { analysis })?.message).to.equal("ClusterAnalysisTemplate 'c' not found");
  });

  it('names the count that is no number, and takes an argument for one only where it is needed', () => {
    const spec = (count: string) => ({
      metrics: [metric({ interval: '1m', count })],
      args: [{ name: 'n', value: '3' }],
    });
    expect(find(spec('{{args.n}}'))).to.equal(undefined);
    expect(find(spec('abc'))?.message).to.equal(
      'AnalysisTemplate t has metric m which runs indefinitely. Invalid value for count: abc',
    );
  });

  it('names what makes templates impossible together: metrics, defaults, retention rules of a step', () => {
    const value = 'templateNames: [t u]';
    expect(
      find({}, { templates: pair({ metrics: [metric()] }, { metrics: [metric()] }), analysis: both }),
    ).to.deep.equal({ value, message: "two metrics have the same name 'm'" });
    const defaults = pair({ args: [{ name: 'x', value: '1' }] }, { args: [{ name: 'x', value: '2' }] });
    expect(find({}, { templates: defaults, analysis: both })).to.deep.equal({
      value,
      message: "Argument `x` specified multiple times with different values: '1', '2'",
    });
    const rule = { metricName: 'm', limit: 1 };
    const stepAnalyses = [{ measurementRetention: [rule] }];
    expect(find({ metrics: [metric()], measurementRetention: [rule] }, { stepAnalyses })?.message).to.equal(
      "two Measurement Retention metric rules have the same name 'm'",
    );
  });

  it('names a circle of templates, and a placeholder for nothing', () => {
    expect(find({ templates: [{ templateName: 't' }] })?.message).to.equal(
      'analysis templates reference each other in a circle: AnalysisTemplate/t -> AnalysisTemplate/t',
    );
    expect(find({ metrics: [metric({ successCondition: '{{args.y}}' })] })?.message).to.equal(
      'AnalysisTemplate t: failed to resolve {{args.y}}',
    );
  });
});
