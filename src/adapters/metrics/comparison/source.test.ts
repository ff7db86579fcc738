import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import { comparisonProvider } from '#core/comparison/settings.js';
import { comparisonView } from '#core/view/gates/comparison.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import type { Log } from '#ports/log.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { scriptedMetrics } from '#test/fakes/scripted-metrics.js';
import { createComparisonSource } from './source.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
const crdFolder = new URL('../../../../crds/', import.meta.url);
const crds = readdirSync(crdFolder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file): readonly KubeObject[] => {
    const parsed = parseYamlStream(readFileSync(new URL(file, crdFolder), 'utf8'));
    return parsed.ok ? (parsed.value as KubeObject[]) : [];
  });

interface Numbers {
  readonly canary: unknown;
  readonly baseline: unknown;
}

type Script = (interval: number) => Numbers | string;

const counts = (a: number, n: number, b: number, m: number): Numbers => ({
  canary: { events: a, total: n },
  baseline: { events: b, total: m },
});

const metric = (config: object = {}, rest: object = {}): object => ({
  name: 'errors',
  interval: '1m',
  count: 1,
  provider: {
    plugin: {
      [comparisonProvider]: {
        kind: 'errorRate',
        tolerance: 1,
        canary: { web: { url: 'http://x/canary' } },
        baseline: { web: { url: 'http://x/baseline' } },
        ...config,
      },
    },
  },
  ...rest,
});

/** A run of comparisons whose both sides answer by the script, interval by interval. */
async function world(metrics: readonly object[], script: Script, rest: object = {}) {
  const run = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec: { metrics, ...rest },
  };
  const sandbox = createVirtualSandbox({
    objects: [...crds, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, run],
    lagMs: 0,
    onError: ({ error }) => expect.fail(error.message),
  });
  const asked: string[] = [];
  const web = scriptedMetrics('web', sandbox.clock, (_name, _n, { provider }): MetricOutcome => {
    const { url } = provider as { url: string };
    const numbers = script(asked.filter((other) => other === url).length);
    asked.push(url);
    if (typeof numbers === 'string') return { kind: 'error', message: numbers };
    return { kind: 'value', result: url.endsWith('canary') ? numbers.canary : numbers.baseline, value: '' };
  });
  const sources = { web };
  const deps = { clock: sandbox.clock, env: {} };
  const start = () =>
    sandbox.engine.start(
      createAnalysisRunController({
        cache: sandbox.engine.cache,
        kube: sandbox.engine.ownWrites(sandbox.kube),
        clock: sandbox.clock,
        log: silent,
        events: sandbox.events,
        sources: { ...sources, [`plugin.${comparisonProvider}`]: createComparisonSource(deps, sources) },
      }),
    );
  start();
  await sandbox.clock.settle();
  const status = async () =>
    (await sandbox.kube.get<AnalysisRun>({ kind: kinds.analysisRun, namespace: 'shop', name: 'r' }))?.status;
  return {
    asked,
    status,
    advance: (minutes: number) => sandbox.clock.advance(minutes * 60_000),
    stop: () => sandbox.engine.stop('analysis-run'),
    start,
    last: async () => (await status())?.metricResults?.[0]?.measurements?.at(-1),
  };
}

/** The golden story: shares of 5, 10 and 20 %, and an abort at the third interval. */
const story: Script = (n) =>
  [counts(3, 50, 10, 950), counts(4, 100, 12, 900), counts(9, 200, 11, 800)][n] ?? counts(0, 0, 0, 0);

describe('comparison', () => {
  it('is one measurement that goes on until the canary is proven worse', async () => {
    const w = await world([metric()], story);
    expect(await w.last()).to.deep.include({ phase: 'Running', resumeAt: '2026-01-01T00:01:00Z' });
    expect((await w.last())?.metadata).to.deep.include({
      evidenceWorse: '1.988',
      evidenceNeeded: '2.996',
      ratioLow: '0.4732',
      ratioHigh: '10.0000',
      canary: '3 of 50',
      baseline: '10 of 950',
      looks: '1',
    });
    await w.advance(5);
    expect(await w.status()).to.deep.include({ phase: 'Failed', completedAt: '2026-01-01T00:02:00Z' });
    const last = await w.last();
    expect(last).to.deep.include({
      phase: 'Failed',
      message: 'canary fails 3.5 times as often, between 1.3 and 9.4; more than the 1 that is tolerated',
      finishedAt: '2026-01-01T00:02:00Z',
    });
    expect(last?.metadata).to.deep.include({ evidenceWorse: '5.775', looks: '3', canary: '16 of 350' });
    expect(w.asked).to.have.length(6);
  });

  it('goes on after a restart with all that it knew, and counts nothing twice', async () => {
    const w = await world([metric()], story);
    await w.advance(1.5);
    w.stop();
    await w.advance(10);
    w.start();
    await w.advance(1);
    const last = await w.last();
    expect([last?.phase, last?.metadata?.['evidenceWorse'], w.asked.length]).to.deep.equal([
      'Failed',
      '5.775',
      6,
    ]);
  });

  it('is Successful as soon as the canary is proven good enough', async () => {
    const w = await world([metric({ tolerance: 1.5 })], () => counts(8, 500, 10, 500));
    await w.advance(60);
    expect(await w.status()).to.deep.include({ phase: 'Successful' });
    expect((await w.last())?.message).to.match(
      /^canary fails 0\.\d+ times as often, between .* and .*; less than 1\.5, which is good enough$/,
    );
  });

  it('says how many requests are missing', async () => {
    const w = await world([metric({ tolerance: 1.5 })], () => counts(6, 500, 10, 500));
    const { says, requestsNeeded } = (await w.last())?.metadata ?? {};
    expect(says).to.match(/; about [\d,]+00 more requests, \d+m at this weight, to decide$/);
    expect(Number(requestsNeeded)).to.be.above(1000);
  });

  for (const [onUndecided, phase] of [
    ['inconclusive', 'Inconclusive'],
    ['successful', 'Successful'],
  ] as const) {
    it(`is ${phase} when its time is over and nothing is proven (${onUndecided})`, async () => {
      const w = await world([metric({ maxDuration: '10m', onUndecided })], () => counts(0, 10, 0, 10));
      await w.advance(12);
      expect(await w.last()).to.deep.include({
        phase,
        finishedAt: '2026-01-01T00:10:00Z',
        message: 'undecided when its time was over: nothing to tell the two apart seen yet in 220 requests',
      });
    });
  }

  it('decides nothing on fewer events than asked for', async () => {
    const w = await world([metric({ minEvents: 1000 })], story);
    await w.advance(5);
    expect((await w.last())?.phase).to.equal('Running');
  });

  it('learns nothing in its warm-up', async () => {
    const w = await world([metric({ warmUp: '3m' })], story);
    await w.advance(5);
    expect((await w.last())?.metadata).to.deep.include({ evidenceWorse: '0.000', canary: '0 of 0' });
  });

  it('shares alpha with the other comparisons of the run', async () => {
    const w = await world([metric(), metric({}, { name: 'others' })], () => counts(1, 10, 1, 10));
    expect((await w.last())?.metadata?.['evidenceNeeded']).to.equal(Math.log(40).toFixed(3));
  });

  it('asks a source that failed again after ten seconds, without losing what it knew', async () => {
    const script: Script = (n) => (n === 1 ? 'no route' : story(n === 0 ? 0 : n - 1));
    const w = await world([metric()], script);
    await w.advance(1);
    expect(await w.last()).to.deep.include({ phase: 'Running', resumeAt: '2026-01-01T00:01:10Z' });
    expect((await w.last())?.metadata).to.deep.include({ trouble: 'canary: no route', looks: '1' });
    await w.advance(5);
    expect((await w.last())?.metadata).to.deep.include({ evidenceWorse: '5.775' });
  });

  it('ends in Error when sources go on failing', async () => {
    const w = await world([metric()], () => 'no route');
    await w.advance(5);
    expect(await w.status()).to.deep.include({ phase: 'Error' });
    expect((await w.last())?.message).to.equal('canary: no route');
  });

  it('keeps how its interval narrowed over a restart, whatever measurements are kept', async () => {
    const script: Script = (n) => (n < 9 ? counts(8, 500, 30, 500) : counts(9, 500, 10, 500));
    const retention = [{ metricName: 'errors', limit: 1 }];
    const w = await world([metric({}, { count: undefined })], script, { measurementRetention: retention });
    await w.advance(6);
    w.stop();
    w.start();
    await w.advance(6);
    const result = (await w.status())?.metricResults?.[0];
    expect(result?.measurements).to.have.length(1);
    const points = comparisonView(result?.measurements ?? [])?.points ?? [];
    expect(points.length).to.be.above(10);
    expect(points.length).to.equal(Number((await w.last())?.metadata?.['looks']));
    for (const [i, { at }] of points.entries()) {
      if (i > 0) expect(at - (points[i - 1]?.at ?? 0)).to.be.within(60_000, 62_000);
    }
  });

  it('goes on watching a canary that was good enough, in a metric without end', async () => {
    const script: Script = (n) => (n < 3 ? counts(0, 500, 30, 500) : counts(90, 500, 3, 500));
    const w = await world([metric({}, { count: undefined })], script);
    await w.advance(1.5);
    expect((await w.status())?.metricResults?.[0]).to.deep.include({ phase: 'Running', successful: 2 });
    await w.advance(10);
    expect(await w.status()).to.deep.include({ phase: 'Failed' });
  });

  it('counts requests above a bound of a histogram', async () => {
    const side = (slow: number) => ({ '0.1': 10, '0.5': 100 - slow, '+Inf': 100 });
    const config = { kind: 'latencyOver', threshold: 0.5 };
    const w = await world([metric(config)], () => ({ canary: side(20), baseline: side(2) }));
    await w.advance(3);
    expect((await w.last())?.message).to.match(/^canary is slow 10 times as often/);
  });

  it('compares means by which was higher, interval by interval', async () => {
    const w = await world([metric({ kind: 'mean' })], (n) => ({ canary: 120 + (n % 3), baseline: 100 }));
    await w.advance(20);
    const last = await w.last();
    expect([last?.phase, last?.metadata?.['looks']]).to.deep.equal(['Failed', '7']);
    expect(last?.message).to.match(/^canary has 1\.2 times the mean/);
  });

  it('is told apart from other plugins, and says what is wrong with its settings', async () => {
    const w = await world([metric({ tolerance: 'much' })], story);
    await w.advance(2);
    expect((await w.last())?.message).to.equal(
      'sluice.dev/comparison: tolerance must be a number from 0.1 to 9.4',
    );
  });
});
