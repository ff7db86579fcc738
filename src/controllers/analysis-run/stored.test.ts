import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import { instantOf } from '#core/time/instant.js';
import { analysisWorld, web } from '#test/fakes/analysis-world.js';
import { floatOutcome } from '#test/fakes/scripted-metrics.js';

describe('what is stored of an analysis run', () => {
  it('goes on after a restart without a measurement lost or counted twice', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '60s', count: 5 })] }, () => floatOutcome(1));
    await w.sandbox.clock.advance(150_000);
    w.stop();
    await w.sandbox.clock.advance(100_000);
    w.start();
    await w.sandbox.clock.advance(300_000);
    expect(w.source.asked.map(({ afterMs }) => afterMs)).to.deep.equal([
      0, 60_000, 120_000, 250_000, 310_000,
    ]);
    expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count: 5, successful: 5 });
  });

  it('counts nothing twice over a cache that lags behind', async () => {
    const w = await analysisWorld(
      { metrics: [web({ interval: '1s', count: 20 })] },
      () => floatOutcome(1),
      [],
      {
        lagMs: 700,
      },
    );
    await w.sandbox.clock.advance(60_000);
    expect(w.source.asked).to.have.length(20);
    expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count: 20, successful: 20 });
  });

  it('counts a measurement once although its status could not be written at first (8)', async () => {
    const failing = { left: 0 };
    const w = await analysisWorld(
      { metrics: [web({ interval: '60s', count: 3 })] },
      () => floatOutcome(1),
      [],
      {
        beforePatch: () => {
          if (failing.left > 0) {
            failing.left -= 1;
            throw new Error('the server is not there');
          }
        },
      },
    );
    await w.sandbox.clock.advance(50_000);
    failing.left = 3;
    await w.sandbox.clock.advance(300_000);
    expect(failing.left).to.equal(0);
    expect(w.source.asked.map(({ afterMs }) => Math.floor(afterMs / 60_000))).to.deep.equal([0, 1, 2]);
    const status = (await w.get())?.status;
    expect(status?.metricResults?.[0]).to.deep.include({ count: 3, successful: 3 });
    expect(status?.metricResults?.[0]?.measurements).to.have.length(3);
    expect(await w.events()).to.have.length(2);
  });

  it('tells nothing and asks nothing of a run that is completed', async () => {
    const w = await analysisWorld({ metrics: [web()] }, () => floatOutcome(1));
    const told = (await w.events()).length;
    w.stop();
    w.start();
    await w.sandbox.clock.advance(600_000);
    expect([w.source.asked.length, (await w.events()).length]).to.deep.equal([1, told]);
  });

  it('looks after what a source has under way once, also when the controller came back in between', async () => {
    const resumed: number[] = [];
    const w = await analysisWorld(
      { metrics: [web({ interval: '10s', count: 1 })] },
      () => ({ kind: 'running', resumeAt: instantOf(Date.UTC(2026, 0, 1, 0, 2)), metadata: { id: '7' } }),
      [],
      {
        resume: () => {
          resumed.push(resumed.length);
          return { kind: 'judged', phase: 'Failed', message: 'bad' };
        },
      },
    );
    await w.sandbox.clock.advance(30_000);
    w.stop();
    await w.sandbox.clock.advance(20_000);
    w.start();
    await w.sandbox.clock.advance(60_000);
    expect(resumed).to.deep.equal([]);
    await w.sandbox.clock.advance(60_000);
    expect([w.source.asked.length, resumed.length]).to.deep.equal([1, 1]);
    expect((await w.get())?.status).to.deep.include({
      phase: 'Failed',
      message: 'Metric "m" assessed Failed due to failed (1) > failureLimit (0): "Error Message: bad"',
      completedAt: '2026-01-01T00:02:00Z',
    });
  });

  it('is gathered where intervals are short: thirty measurements are a dozen writes', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '1s', count: 30 })] }, () => floatOutcome(1));
    await w.sandbox.clock.advance(15_500);
    const halfway = (await w.get())?.status?.metricResults?.[0]?.count ?? 0;
    expect(halfway).to.be.within(13, 16);
    await w.sandbox.clock.advance(60_000);
    expect(w.source.asked.map(({ afterMs }) => afterMs / 1000)).to.deep.equal(
      Array.from({ length: 30 }, (_, i) => i),
    );
    expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count: 30, successful: 30 });
    expect(w.patches.length).to.be.at.most(13);
  });

  it('is less than twenty writes a run, events included, for ten runs at once', async () => {
    const spec = { metrics: [web({ interval: '1s', count: 30 })] };
    const others = Array.from({ length: 9 }, (_, i) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: `r-${i}`, namespace: 'shop' },
      spec,
    }));
    const w = await analysisWorld(spec, () => floatOutcome(1), others);
    await w.sandbox.clock.advance(29_000);
    expect(w.source.asked.map(({ afterMs }) => afterMs % 1000).filter((ms) => ms !== 0)).to.deep.equal([]);
    const { items } = await w.sandbox.kube.list<AnalysisRun>(kinds.analysisRun, { namespace: 'shop' });
    expect(new Set(items.map(({ status }) => status?.phase))).to.deep.equal(new Set(['Successful']));
    expect(w.source.asked).to.have.length(300);
    expect(w.patches.length + (await w.events()).length).to.be.at.most(200);
  });

  it('is stored at once where intervals are not short', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '5s', count: 9 })] }, () => floatOutcome(1));
    for (const count of [2, 3, 4]) {
      await w.sandbox.clock.advance(5_000);
      expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count });
    }
  });

  it('is stored at once when it is no success', async () => {
    const w = await analysisWorld(
      { metrics: [web({ interval: '1s', count: 9, failureLimit: 5, successCondition: 'result == 1' })] },
      (_, n) => floatOutcome(n === 2 ? 0 : 1),
    );
    await w.sandbox.clock.advance(2_000);
    expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count: 3, failed: 1 });
  });

  it('is measured again where it was gathered only, and nothing counts twice', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '1s', count: 10 })] }, () => floatOutcome(1));
    await w.sandbox.clock.advance(5_500);
    const stored = (await w.get())?.status?.metricResults?.[0]?.count ?? 0;
    expect(stored).to.be.below(6);
    w.stop();
    w.start();
    await w.sandbox.clock.advance(60_000);
    expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count: 10, successful: 10 });
    expect((await w.get())?.status?.metricResults?.[0]?.measurements).to.have.length(10);
    expect(w.source.asked.length).to.equal(10 + 6 - stored);
  });

  it('is one write for metrics that were measured together, and the end of the run with it', async () => {
    const metrics = ['a', 'b', 'c', 'd'].map((name) => web({ name, successCondition: 'result == 1' }));
    const w = await analysisWorld({ metrics }, (metric) => floatOutcome(metric === 'a' ? 0 : 1));
    await w.sandbox.clock.advance(10_000);
    expect((await w.get())?.status).to.deep.include({
      phase: 'Failed',
      runSummary: { count: 4, successful: 3, failed: 1 },
    });
    expect(w.patches).to.have.length(2);
  });

  it('is nothing while nothing is due', async () => {
    const w = await analysisWorld({ metrics: [web({ interval: '1h', initialDelay: '2h' })] }, () =>
      floatOutcome(1),
    );
    await w.sandbox.clock.advance(7_000_000);
    expect(w.patches).to.have.length(1);
  });
});
