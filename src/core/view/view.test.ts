import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { instantOf } from '#core/time/instant.js';
import { formatPercent, formatSpan, formatValue, printPhrase } from './words/format.js';
import { parseLimits } from './gates/limits.js';
import { parseValues } from './gates/measurements.js';
import { planOf } from './plan/plan.js';
import { rowOf } from './row.js';
import { headlineOf, sentenceOf } from './words/sentence.js';
import { viewInputOf, type ViewInput } from './view-input.js';
import { gatesOf } from './gates/gates.js';
import { chainOf } from './words/chain.js';
import { actionsOf } from './acts/actions.js';
import { verbs } from './wire/list.js';

const now = instantOf(Date.parse('2026-01-02T03:12:00Z'));

function replicaSet(hash: string, revision: number, replicas: number, ready: number): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${hash}`,
      uid: `rs-${hash}`,
      labels: { 'rollouts-pod-template-hash': hash },
      annotations: { 'rollout.argoproj.io/revision': String(revision) },
    },
    spec: {
      replicas,
      selector: {},
      template: { spec: { containers: [{ name: 'web', image: `web:${revision}` }] } },
    },
    status: { replicas, availableReplicas: ready },
  };
}

function inputWith(status: Rollout['status'], runs: readonly AnalysisRun[] = []): ViewInput {
  const rollout: Rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: 'web',
      namespace: 'shop',
      generation: 3,
      annotations: { 'rollout.argoproj.io/revision': '2' },
    },
    spec: {
      replicas: 10,
      strategy: {
        canary: {
          trafficRouting: { istio: { virtualService: { name: 'web' } } },
          steps: [
            { setWeight: 20 },
            { pause: {} },
            { setWeight: 40 },
            { pause: { duration: '10m' } },
            { analysis: { templates: [{ templateName: 'success' }] } },
          ],
        },
      },
    },
    status: { observedGeneration: '3', stableRS: 'a', currentPodHash: 'b', ...status },
  };
  return viewInputOf({
    rollout,
    runs,
    now,
    replicaSets: [replicaSet('a', 1, 10, 10), replicaSet('b', 2, 2, 2)],
  });
}

const weights = (canary: number) => ({
  canary: { weight: canary },
  stable: { weight: 100 - canary },
  verified: true,
});
const pausedAt = (startTime: string) => [{ reason: 'CanaryPauseStep', startTime }];

describe('the view of a rollout', () => {
  it('says who is waited for, how long, and what comes next', () => {
    const input = inputWith({
      phase: 'Paused',
      currentStepIndex: 1,
      controllerPause: true,
      pauseConditions: pausedAt('2026-01-02T03:00:00Z'),
      canary: { weights: weights(20) },
    });
    expect(printPhrase(headlineOf(input), now)).to.equal(
      'Canary gets 20 % (observed 20 %). Waiting for a person for 12 min: the pause at step 2 of 5 has no end. After that: 10 min of pauses.',
    );
    expect(sentenceOf(input.rollout, [], [], now)).to.deep.equal(headlineOf(input));
    const row = rowOf(input);
    expect(row.attention.class).to.equal(3);
    expect([row.ladder, row.next, row.mark]).to.deep.equal(['cfff', 'promote', 'wait']);
    expect(chainOf(input, []).map((link) => link.what)).to.deep.equal([
      'pause at step 2 of 5',
      'a person promotes or aborts',
    ]);
  });
  it('counts down a timed pause and fills its block', () => {
    const input = inputWith({
      phase: 'Paused',
      currentStepIndex: 3,
      pauseConditions: pausedAt('2026-01-02T03:07:00Z'),
      canary: { weights: weights(40) },
    });
    const block = planOf(input, []).find((one) => one.state === 'current');
    expect([block?.from, block?.to, block?.progress, block?.label]).to.deep.equal([2, 3, 0.5, '40 %']);
    expect(printPhrase(rowOf(input).reason, now)).to.equal('step 4 of 5: pause ends in 5 min');
  });
  it('marks the step at which a run beside the steps failed', () => {
    const run: AnalysisRun = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: {
        name: 'web-b-2',
        labels: { 'rollouts-pod-template-hash': 'b', 'rollout-type': 'Background' },
      },
      spec: { metrics: [] },
      status: { phase: 'Failed', startedAt: '2026-01-02T03:00:00Z' },
    };
    const message = 'Rollout aborted update to revision 2: Background analysis phase error/failed';
    const status = {
      phase: 'Degraded',
      abort: true,
      abortedAt: '2026-01-02T03:10:00Z',
      currentStepIndex: 0,
      conditions: [{ type: 'Progressing', status: 'False' as const, reason: 'RolloutAborted', message }],
    };
    const told = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'told' },
      reason: 'RolloutStepCompleted',
      message: 'Rollout step 2/5 completed (pause)',
      lastTimestamp: '2026-01-02T03:05:00Z',
    };
    const input = inputWith(status, [run]);
    expect(rowOf({ ...input, events: [told] }).ladder).to.equal('uxff');
    expect(rowOf(input).ladder, 'nothing known of the steps').to.equal('xfff');
  });
  it('names the cause of an abort and marks what it undid', () => {
    const run: AnalysisRun = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: {
        name: 'web-b-2-4',
        labels: { 'rollouts-pod-template-hash': 'b', 'step-index': '4', 'rollout-type': 'Step' },
      },
      spec: {
        metrics: [
          {
            name: 'success',
            successCondition: 'result[0] >= 0.95',
            provider: { prometheus: { query: 'up' } },
          },
        ],
      },
      status: {
        phase: 'Failed',
        metricResults: [
          {
            name: 'success',
            phase: 'Failed',
            failed: 1,
            measurements: [{ phase: 'Failed', value: '[0.85]', finishedAt: '2026-01-02T03:10:00Z' }],
          },
        ],
      },
    };
    const message =
      'Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "success" assessed Failed';
    const input = inputWith(
      {
        phase: 'Degraded',
        abort: true,
        abortedAt: '2026-01-02T03:10:00Z',
        currentStepIndex: 0,
        canary: { weights: weights(0) },
        conditions: [{ type: 'Progressing', status: 'False', reason: 'RolloutAborted', message }],
      },
      [run],
    );
    expect(printPhrase(headlineOf(input), now)).to.match(
      /^All traffic goes to the stable revision \(canary observed 0 %\)\. Aborted 2 min ago: Step-based/,
    );
    expect(rowOf(input).ladder).to.equal('uuxf');
    const metric = gatesOf(input.runs, 'b')[0]?.metrics[0];
    expect(metric?.limits).to.deep.equal([{ op: '>=', value: 0.95, condition: 'success', fails: 'below' }]);
    expect(metric?.sentence).to.equal('success: 1 measurement, last 0.85, limit success >= 0.95, 1 fail');
  });
  it('keeps every button in its slot and says why one is disabled', () => {
    const settled = inputWith({ phase: 'Healthy', stableRS: 'b', currentStepIndex: 5 });
    const actions = actionsOf(settled, [], verbs);
    expect(actions.map((action) => action.key).join('')).to.equal('pahPreu');
    expect(actions.find((action) => action.verb === 'promotefull')?.disabled).to.match(/nothing to promote/);
    expect(actionsOf(settled, [], [])[0]?.disabled).to.equal('not permitted: promote rollouts in shop');
  });
  it('never says healthy before the spec is observed', () => {
    const input = inputWith({ phase: 'Healthy', observedGeneration: '2', stableRS: 'b' });
    expect(rowOf(input).mark).to.equal('off');
    expect(printPhrase(headlineOf(input), now)).to.match(/^Not up to date/);
  });
});

describe('limits', () => {
  const table: readonly [
    text: string,
    expected: readonly (readonly [string, number, string])[] | undefined,
  ][] = [
    ['result[0] >= 0.95', [['>=', 0.95, 'below']]],
    ['result < 1e3', [['<', 1000, 'above']]],
    ['0.5 < asFloat(result)', [['>', 0.5, 'below']]],
    ['len(result) == 0 || result[0] <= 5', [['<=', 5, 'above']]],
    [
      'isNaN(result[0]) || (result[0] > 1 && result[0] < 2)',
      [
        ['>', 1, 'below'],
        ['<', 2, 'above'],
      ],
    ],
    ['default(result, 0) < 0.05', [['<', 0.05, 'above']]],
    ['all(result, {# > 3})', undefined],
    ['result[0] > 1 || result[1] > 1', undefined],
  ];
  for (const [text, expected] of table) {
    it(`reads ${text}`, () => {
      const limits = parseLimits(text, 'success')?.map((limit) => [limit.op, limit.value, limit.fails]);
      expect(limits).to.deep.equal(expected);
    });
  }
});

describe('figures for people', () => {
  it('percent has a decimal only at the edges', () => {
    expect([0, 0.1, 20, 33.4, 99.9, 100].map(formatPercent)).to.deep.equal([
      '0 %',
      '0.1 %',
      '20 %',
      '33 %',
      '99.9 %',
      '100 %',
    ]);
  });
  it('spans have two units', () => {
    expect([400, 12_000, 250_000, 11_400_000, 187_200_000, 3_600_000].map(formatSpan)).to.deep.equal([
      '0 s',
      '12 s',
      '4 min 10 s',
      '3 h 10 min',
      '2 d 4 h',
      '1 h',
    ]);
  });
  it('values keep three digits and say NaN', () => {
    expect(
      [0.98765, 812.4, 0, Number.NaN, Number.POSITIVE_INFINITY, 1_234_567].map(formatValue),
    ).to.deep.equal(['0.988', '812', '0', 'NaN', '+Inf', '1.23e6']);
  });
  it('stored values become numbers only when they are', () => {
    expect(
      ['[0.9]', '1', '[1 2]', '[]', '{"a":1}', '[NaN]'].map((text) => parseValues(text).length),
    ).to.deep.equal([1, 1, 2, 0, 0, 1]);
  });
});
