import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { RolloutDuration } from '#api/argoproj/rollout-status.js';
import { analysisRunFamilies, analysisTemplateFamilies } from './analysis-families.js';
import { experimentFamilies } from './experiment-families.js';
import { renderFamilies, type Family } from './family.js';
import { releaseEnded } from './release-duration.js';
import { metricPhaseOf, rolloutFamilies } from './rollout-families.js';

function rolloutWith(spec: Partial<Rollout['spec']>, status: Rollout['status'] = {}): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec,
    status,
  };
}

type Status = NonNullable<Rollout['status']>;

function progressing(reason: string, others: Status['conditions'] = []): Status {
  return { conditions: [{ type: 'Progressing', status: 'True', reason, message: '' }, ...others] };
}

const render = <T>(families: readonly Family<T>[], objects: readonly T[]): string =>
  [...renderFamilies(families, objects)].join('');

const lines = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('metrics of Rollouts (rollout-semantics 17)', () => {
  it('have the names and labels of the peer', () => {
    const trafficRouting = { nginx: { stableIngress: 'web' } };
    const status = { replicas: 7, availableReplicas: 5, updatedReplicas: 2 };
    const rollout = rolloutWith({ replicas: 6, strategy: { canary: { trafficRouting } } }, status);
    expect(lines(render(rolloutFamilies, [rollout]))).to.deep.equal([
      'rollout_info{namespace="shop",name="web",strategy="canary",traffic_router="Nginx",phase="Progressing"} 1',
      'rollout_info_replicas_available{namespace="shop",name="web"} 5',
      'rollout_info_replicas_unavailable{namespace="shop",name="web"} 2',
      'rollout_info_replicas_desired{namespace="shop",name="web"} 6',
      'rollout_info_replicas_updated{namespace="shop",name="web"} 2',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="Completed"} 0',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="Progressing"} 1',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="Paused"} 0',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="Timeout"} 0',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="Error"} 0',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="Abort"} 0',
      'rollout_phase{namespace="shop",name="web",strategy="canary",phase="InvalidSpec"} 0',
    ]);
  });
  for (const [reason, phase] of [
    ['NewReplicaSetAvailable', 'Completed'],
    ['RolloutPaused', 'Paused'],
    ['ReplicaSetCreateError', 'Error'],
    ['ProgressDeadlineExceeded', 'Timeout'],
    ['RolloutAborted', 'Abort'],
    ['ReplicaSetUpdated', 'Progressing'],
  ] as const)
    it(`Progressing with the reason ${reason} is ${phase}`, () =>
      expect(metricPhaseOf(rolloutWith({}, progressing(reason)))).to.equal(phase));
  it('an invalid spec goes before all reasons', () => {
    const invalid = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message: '' } as const;
    const status = progressing('NewReplicaSetAvailable', [invalid]);
    expect(metricPhaseOf(rolloutWith({}, status))).to.equal('InvalidSpec');
  });
  for (const [strategy, words] of [
    [undefined, 'strategy="none",traffic_router=""'],
    [{ blueGreen: { activeService: 'a' } }, 'strategy="blueGreen",traffic_router=""'],
    [{ canary: {} }, 'strategy="canary",traffic_router=""'],
    [{ canary: { trafficRouting: { alb: { ingress: 'a', servicePort: 80 } } } }, 'traffic_router="ALB"'],
    [{ canary: { trafficRouting: { plugins: { 'a/b': {} } } } }, 'traffic_router="a/b"'],
  ] as const)
    it(`names ${words}`, () => {
      const rollout = rolloutWith(strategy === undefined ? {} : { strategy });
      expect(render(rolloutFamilies, [rollout])).to.include(words);
    });
  it('say nothing when there are none, and escape what a label may not hold', () => {
    expect(render(rolloutFamilies, [])).to.equal('');
    const family = {
      name: 'a',
      help: 'b',
      labels: ['c'],
      samplesOf: (text: string) => [[[text], 1] as const],
    };
    expect(render([family], ['"x\\\n'])).to.equal('# HELP a b\n# TYPE a gauge\na{c="\\"x\\\\\\n"} 1\n');
  });
});

describe('many objects', () => {
  it('are written in pieces, each family with one head', () => {
    const all = Array.from({ length: 1200 }, (_, i) => rolloutWith({ replicas: i }));
    const pieces = [...renderFamilies(rolloutFamilies.slice(0, 2), all)];
    expect(pieces).to.have.length(6);
    expect(pieces.join('').match(/^# TYPE .*$/gm)).to.deep.equal([
      '# TYPE rollout_info gauge',
      '# TYPE rollout_info_replicas_available gauge',
    ]);
    expect(lines(pieces.join(''))).to.have.length(2400);
  });
});

describe('metrics of AnalysisRuns, templates and Experiments (rollout-semantics 17)', () => {
  const metrics = [
    { name: 'rate', provider: { prometheus: { query: 'up' } } },
    { name: 'load', provider: { job: {} } },
  ];

  it('a run has its phase, and each metric its type and phase', () => {
    const run = {
      metadata: { name: 'web-1', namespace: 'shop' },
      spec: { metrics, dryRun: [{ metricName: 'lo.*' }] },
      status: { phase: 'Running', metricResults: [{ name: 'rate', phase: 'Successful' }] },
    } as unknown as AnalysisRun;
    const ones = lines(render(analysisRunFamilies, [run])).filter((line) => line.endsWith(' 1'));
    const id = 'namespace="shop",name="web-1"';
    expect(ones).to.deep.equal([
      `analysis_run_info{${id},phase="Running"} 1`,
      `analysis_run_phase{${id},phase="Running"} 1`,
      `analysis_run_metric_type{${id},metric="rate",type="Prometheus"} 1`,
      `analysis_run_metric_type{${id},metric="load",type="Job"} 1`,
      `analysis_run_metric_phase{${id},metric="rate",type="Prometheus",dry_run="false",phase="Successful"} 1`,
      `analysis_run_metric_phase{${id},metric="load",type="Job",dry_run="true",phase="Pending"} 1`,
    ]);
  });
  it('a cluster-wide template has no namespace', () => {
    const template = { metadata: { name: 'gate' }, spec: { metrics } } as unknown as ClusterAnalysisTemplate;
    expect(lines(render(analysisTemplateFamilies, [template]))).to.deep.equal([
      'analysis_template_info{namespace="",name="gate"} 1',
      'analysis_template_metric_info{namespace="",name="gate",type="Prometheus",metric="rate"} 1',
      'analysis_template_metric_info{namespace="",name="gate",type="Job",metric="load"} 1',
    ]);
  });
  it('an experiment without a status is Pending', () => {
    const experiment = { metadata: { name: 'try', namespace: 'shop' }, spec: {} } as unknown as Experiment;
    const all = lines(render(experimentFamilies, [experiment]));
    expect(all).to.have.length(7);
    expect(all.slice(0, 2)).to.deep.equal([
      'experiment_info{namespace="shop",name="try",phase=""} 1',
      'experiment_phase{namespace="shop",name="try",phase="Pending"} 1',
    ]);
  });
});

describe('durations of releases (rollout-semantics 9.5, 17)', () => {
  const at = (minute: number): string => `2026-01-02T03:${String(minute).padStart(2, '0')}:00Z`;
  const begun: RolloutDuration = { rolloutStartedAt: at(0), totalManualPauseDurationSeconds: 60 };
  const promoted: RolloutDuration = { ...begun, finishedAt: at(5), completionStatus: 'Promoted' };

  it('a release that is over is told once', () => {
    const expected = { status: 'Promoted', total: 300, manualPause: 60, progression: 240 };
    expect(releaseEnded(begun, promoted)).to.deep.equal(expected);
    expect(releaseEnded(promoted, promoted)).to.equal(undefined);
    expect(releaseEnded(begun, begun)).to.equal(undefined);
  });
  it('a release that another replaced is told as Superseded', () => {
    expect(releaseEnded(begun, { rolloutStartedAt: at(3) })).to.deep.equal({
      status: 'Superseded',
      total: 180,
      manualPause: 60,
      progression: 120,
    });
  });
  it('a new release after one that was over tells nothing', () => {
    expect(releaseEnded(promoted, { rolloutStartedAt: at(9) })).to.equal(undefined);
    expect(releaseEnded(undefined, begun)).to.equal(undefined);
  });
  it('a release that was begun and ended between two looks is told', () => {
    expect(releaseEnded(undefined, promoted)?.status).to.equal('Promoted');
  });
});
