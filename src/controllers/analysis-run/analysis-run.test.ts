import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { analysisWorld, web } from '#test/fakes/analysis-world.js';
import { floatOutcome } from '#test/fakes/scripted-metrics.js';

describe('analysis run controller', () => {
  it('takes five measurements a minute apart, without drift, in virtual time', async () => {
    const w = await analysisWorld(
      { metrics: [web({ interval: '60s', count: 5, successCondition: 'result >= 0.95' })] },
      () => floatOutcome(0.99),
    );
    await w.sandbox.clock.advance(600_000);
    expect(w.failures).to.deep.equal([]);
    expect(w.source.asked.map(({ afterMs }) => afterMs)).to.deep.equal([
      0, 60_000, 120_000, 180_000, 240_000,
    ]);
    const status = (await w.get())?.status;
    expect(status).to.deep.include({
      phase: 'Successful',
      startedAt: '2026-01-01T00:00:00Z',
      completedAt: '2026-01-01T00:04:00Z',
      runSummary: { count: 1, successful: 1 },
      dryRunSummary: {},
    });
    expect(status?.metricResults?.[0]).to.deep.include({
      name: 'm',
      phase: 'Successful',
      count: 5,
      successful: 5,
      consecutiveSuccess: 5,
    });
    expect(await w.events()).to.deep.equal([
      "Normal MetricSuccessful: Metric 'm' Completed. Result: Successful",
      'Normal AnalysisRunSuccessful: Analysis Completed. Result: Successful',
    ]);
  });

  it('fails at once when a limit is passed, and measures nothing more', async () => {
    const w = await analysisWorld(
      {
        metrics: [
          web({ interval: '10s', failureLimit: 1, successCondition: 'result >= 0.95' }),
          web({ name: 'other', interval: '1m' }),
        ],
      },
      (metric, n) => floatOutcome(metric === 'm' && n > 0 ? 0.5 : 1),
    );
    await w.sandbox.clock.advance(300_000);
    expect((await w.get())?.status).to.deep.include({
      phase: 'Failed',
      message: 'Metric "m" assessed Failed due to failed (2) > failureLimit (1)',
      completedAt: '2026-01-01T00:00:20Z',
      runSummary: { count: 2, successful: 1, failed: 1 },
    });
    expect(w.source.asked.filter(({ metric }) => metric === 'other')).to.have.length(1);
  });

  it('tries again ten seconds after an error, and gives up after five in a row', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '5m' })] }, () => ({
      kind: 'error',
      message: 'no route',
    }));
    await w.sandbox.clock.advance(300_000);
    expect(w.source.asked.map(({ afterMs }) => afterMs)).to.deep.equal([0, 10_000, 20_000, 30_000, 40_000]);
    expect((await w.get())?.status).to.deep.include({
      phase: 'Error',
      message:
        'Metric "m" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: no route"',
    });
  });

  it('ends when it is told to', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '60s' })] }, (_, n) => floatOutcome(n));
    await w.sandbox.kube.patch(
      { kind: kinds.analysisRun, namespace: 'shop', name: 'r' },
      { type: 'merge', body: { spec: { terminate: true } } },
    );
    await w.sandbox.clock.settle();
    expect((await w.get())?.status).to.deep.include({ phase: 'Successful', message: 'Run Terminated' });
  });

  it('measures a metric whose name comes of an argument once, under that name', async () => {
    const args = [{ name: 'x', value: 'a' }];
    const w = await analysisWorld(
      { metrics: [web({ name: 'm-{{args.x}}', interval: '30s', count: 2 })], args },
      () => floatOutcome(1),
    );
    await w.sandbox.clock.advance(120_000);
    expect(w.source.asked.map(({ metric, afterMs }) => [metric, afterMs])).to.deep.equal([
      ['m-a', 0],
      ['m-a', 30_000],
    ]);
    expect((await w.get())?.status?.metricResults?.map(({ name, count }) => [name, count])).to.deep.equal([
      ['m-a', 2],
    ]);
  });

  it('names a provider that is not there', async () => {
    const w = await analysisWorld({ metrics: [{ name: 'm', provider: { graphite: { query: 'x' } } }] }, () =>
      floatOutcome(1),
    );
    expect((await w.get())?.status?.metricResults?.[0]?.measurements?.[0]).to.deep.include({
      phase: 'Error',
      message: 'metric provider "graphite" is not supported yet',
    });
  });

  it('refuses a bad run with an event, and leaves it without end, results and summaries (4, 8)', async () => {
    const w = await analysisWorld({ metrics: [web(), web()] }, () => floatOutcome(1));
    expect((await w.get())?.status).to.deep.equal({
      phase: 'Error',
      message: "Analysis spec invalid: metrics[1]: duplicate name 'm'",
    });
    expect(await w.events()).to.deep.equal(['Warning AnalysisRunError: Analysis Completed. Result: Error']);
  });

  it('keeps what a source noted at the beginning until the end of its measurement', async () => {
    const w = await analysisWorld(
      { metrics: [web()] },
      () => ({ kind: 'running', metadata: { 'job-name': 'j' } }),
      [],
      { resume: () => ({ kind: 'judged', phase: 'Successful', metadata: { more: 'x' } }) },
    );
    await w.sandbox.clock.advance(20_000);
    expect((await w.get())?.status?.metricResults?.[0]?.measurements).to.deep.equal([
      {
        phase: 'Successful',
        metadata: { 'job-name': 'j', more: 'x' },
        startedAt: '2026-01-01T00:00:00Z',
        finishedAt: '2026-01-01T00:00:10Z',
      },
    ]);
  });
});
