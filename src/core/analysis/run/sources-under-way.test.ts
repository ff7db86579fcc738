import { expect } from 'chai';
import { addMs, formatInstant, instantOf } from '#core/time/instant.js';
import { decideAnalysisRun } from '../decide.js';
import type { FinishedMeasurement } from './record.js';

const epoch = instantOf(Date.UTC(2026, 0, 1));
const startedAt = formatInstant(epoch);
const underWay = { phase: 'Running', startedAt, resumeAt: formatInstant(addMs(epoch, 60_000)) };

function runWith(terminate: boolean): any {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec: { metrics: [{ name: 'j', provider: { job: { spec: {} } } }], ...(terminate ? { terminate } : {}) },
    status: {
      phase: 'Running',
      startedAt,
      metricResults: [{ name: 'j', phase: 'Running', measurements: [underWay] }],
    },
  };
}

const decide = (run: any, finished: readonly FinishedMeasurement[] = [], atMs = 0) =>
  decideAnalysisRun({ now: addMs(epoch, atMs), run, measuring: [], finished });

describe('a measurement that its source has under way', () => {
  it('is looked after when its time has come', () => {
    expect(decide(runWith(false))).to.deep.include({ actions: [], requeueAt: addMs(epoch, 60_000) });
    expect(decide(runWith(false), [], 60_000).actions.map(({ kind }) => kind)).to.deep.equal([
      'resumeMeasurement',
    ]);
  });

  it('is ended first when the run is to end, and what becomes of it counts', () => {
    const first = decide(runWith(true));
    expect(first.actions.map(({ kind }) => kind)).to.deep.equal(['terminateMeasurement']);
    expect(first.status?.phase).to.equal('Running');
    const measurement = {
      phase: 'Inconclusive',
      message: 'Metric Terminated',
      startedAt,
      finishedAt: startedAt,
    } as const;
    const second = decide(runWith(true), [{ metric: 'j', measurement, isTerminated: true }]);
    expect(second.status).to.deep.include({
      phase: 'Inconclusive',
      message:
        'Metric "j" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0): "Error Message: Metric Terminated"',
    });
    expect(second.status?.metricResults?.[0]?.measurements).to.deep.equal([measurement]);
  });

  it('does not hold the run up when its source goes on with it all the same', () => {
    const measurement = { phase: 'Running', startedAt } as const;
    const { status } = decide(runWith(true), [{ metric: 'j', measurement, isTerminated: true }]);
    expect(status).to.deep.include({ phase: 'Successful', message: 'Run Terminated' });
    expect(status?.metricResults?.[0]?.phase).to.equal('Running');
  });
});
