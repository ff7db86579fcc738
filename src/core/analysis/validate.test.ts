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
});
