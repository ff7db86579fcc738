import { expect } from 'chai';
import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import { reportOf } from '#core/comparison/report/report.js';
import { takeLook, type Look } from '#core/comparison/look.js';
import { comparisonProvider, readSettings } from '#core/comparison/settings.js';
import { beginComparison, type ComparisonState } from '#core/comparison/state.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { comparisonView } from './comparison.js';
import { gatesOf } from './gates.js';
import { measurementView } from './measurements.js';

const start = instantOf(Date.UTC(2026, 0, 1));
const minute = 60_000;

describe('measurements on the page', () => {
  const at = { finishedAt: '2026-01-01T00:00:00Z' };
  const rows: readonly (readonly [Measurement, outcome: string, values: readonly (number | null)[]])[] = [
    [{ ...at, phase: 'Successful', value: '[0.98]' }, 'pass', [0.98]],
    [{ ...at, phase: 'Failed', value: '[0.5,0.7]' }, 'fail', [0.5, 0.7]],
    [{ ...at, phase: 'Inconclusive', value: '0.9' }, 'undecided', [0.9]],
    [{ ...at, phase: 'Error', value: '[0.98]' }, 'error', [0.98]],
    [{ ...at, phase: 'Failed', value: '[NaN]' }, 'nodata', [null]],
    [{ ...at, phase: 'Error', value: '[NaN]' }, 'error', [null]],
    [{ ...at, phase: 'Failed', value: '[NaN,0.5]' }, 'fail', [null, 0.5]],
    [{ ...at, phase: 'Failed', value: '[+Inf]' }, 'fail', [null]],
    [{ ...at, phase: 'Successful', value: '-Inf' }, 'pass', [null]],
    [{ ...at, phase: 'Successful', value: '[]' }, 'nodata', []],
    [{ ...at, phase: 'Successful', value: '{"a":1}' }, 'pass', []],
    [{ startedAt: at.finishedAt, phase: 'Running' }, 'pending', []],
  ];
  for (const [measurement, outcome, values] of rows) {
    it(`are ${outcome}: ${measurement.phase} ${measurement.value ?? ''}`, () => {
      expect(measurementView(measurement)).to.deep.include({ outcome, values });
    });
  }

  it('are none before they began', () => {
    expect(measurementView({ phase: 'Pending' })).to.equal(undefined);
  });
});

describe('comparisons on the page', () => {
  const side = { web: { url: 'http://x' } };
  const config = { kind: 'errorRate', tolerance: 1.2, canary: side, baseline: side };
  const settings = readSettings(config);
  const lookAt = (number: number): Look => ({
    settings: settings.ok ? settings.value : expect.fail(settings.message),
    alpha: 0.05,
    now: addMs(start, number * minute),
  });
  const after = (looks: number): ComparisonState =>
    Array.from({ length: looks }, (_, i) => i).reduce(
      (state, i) =>
        takeLook(
          state,
          { kind: 'counts', canary: { events: 3, total: 100 }, baseline: { events: 8, total: 400 } },
          lookAt(i),
        ),
      beginComparison(start),
    );
  const measured = (looks: number): Measurement => ({
    phase: 'Running',
    startedAt: '2026-01-01T00:00:00Z',
    metadata: reportOf(after(looks), lookAt(looks), minute),
  });

  it('have all looks, each at its time, with an interval that only narrows', () => {
    const view = comparisonView([measured(5)]) ?? expect.fail('no comparison');
    expect(view.points.map((point) => (point.at - start) / minute)).to.deep.equal([0, 1, 2, 3, 4]);
    for (const [i, point] of view.points.entries()) {
      const before = view.points[i - 1] ?? { low: 0.1, high: 10 };
      expect(point.low >= before.low && point.high <= before.high).to.equal(true);
    }
    expect(view).to.deep.include({ tolerance: 1.2589, margin: 1.4962, needed: 2.996 });
    expect(view.says).to.match(/^canary fails 1\.5 times as often, between /);
  });

  it('know of looks whose measurements are not kept any more', () => {
    const error: Measurement = { phase: 'Error', message: 'no route', finishedAt: '2026-01-01T00:09:00Z' };
    expect(comparisonView([measured(8), error])?.points).to.have.length(8);
  });

  it('are none for other metrics, and for a state that cannot be read', () => {
    for (const metadata of [undefined, { state: '*****' }, { state: '{}' }]) {
      expect(
        comparisonView([{ phase: 'Running', ...(metadata === undefined ? {} : { metadata }) }]),
      ).to.equal(null);
    }
  });

  it('have their source and a sentence of their own', () => {
    const run: AnalysisRun = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'r', namespace: 'shop' },
      spec: {
        metrics: [{ name: 'errors', count: 1, provider: { plugin: { [comparisonProvider]: config } } }],
      },
      status: {
        phase: 'Running',
        metricResults: [{ name: 'errors', phase: 'Running', measurements: [measured(2)] }],
      },
    };
    const metric = gatesOf([run], undefined)[0]?.metrics[0];
    expect(metric?.source).to.equal('sluice.dev/comparison');
    expect(metric?.sentence).to.match(
      /^errors: canary fails 1\.5 times as often, .*; fails above 1\.26, good enough below 1\.5, 2 looks shown$/,
    );
  });
});
