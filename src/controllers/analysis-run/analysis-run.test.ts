import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { instantOf } from '#core/time/instant.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { floatOutcome, scriptedMetrics } from '#test/fakes/scripted-metrics.js';
import { createAnalysisRunController } from './index.js';

const crdFolder = new URL('../../../crds/', import.meta.url);
const crds = readdirSync(crdFolder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file): readonly KubeObject[] => {
    const parsed = parseYamlStream(readFileSync(new URL(file, crdFolder), 'utf8'));
    return parsed.ok ? (parsed.value as KubeObject[]) : [];
  });

const web = (rest: object = {}): object => ({ name: 'm', provider: { web: { url: 'http://x' } }, ...rest });

const secretArgs = [{ name: 'token', valueFrom: { secretKeyRef: { name: 's', key: 'token' } } }];
const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'shop' },
  data: { token: Buffer.from(value).toString('base64') },
});

type Script = (metric: string, n: number) => MetricOutcome | Promise<MetricOutcome>;

interface Circumstances {
  readonly lagMs?: number;
  /** Called before each patch of the controller. */
  readonly beforePatch?: () => void;
  readonly resume?: () => MetricOutcome;
}

async function world(
  spec: object,
  script: Script,
  objects: readonly KubeObject[] = [],
  { lagMs = 0, beforePatch, resume }: Circumstances = {},
) {
  const run = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec,
  };
  const failures: string[] = [];
  const logged: string[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (message, fields) => void logged.push(`${message}: ${String(fields?.['error'])}`),
    with: () => log,
  };
  const sandbox = createVirtualSandbox({
    objects: [...crds, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, ...objects, run],
    lagMs,
    onError: (failure) => failures.push(`${failure.controller}: ${failure.error.message}`),
  });
  const scripted = scriptedMetrics('web', sandbox.clock, script);
  const source = resume === undefined ? scripted : { ...scripted, resume: async () => resume() };
  const own = sandbox.engine.ownWrites(sandbox.kube);
  const kube: Kube = {
    ...own,
    patch: (...args) => {
      beforePatch?.();
      return own.patch(...args) as any;
    },
  };
  const start = () =>
    sandbox.engine.start(
      createAnalysisRunController({
        cache: sandbox.engine.cache,
        kube,
        clock: sandbox.clock,
        log,
        events: sandbox.events,
        sources: { web: source },
      }),
    );
  start();
  const stop = () => sandbox.engine.stop('analysis-run');
  await sandbox.clock.settle();
  return {
    sandbox,
    source,
    failures,
    logged,
    start,
    stop,
    get: () => sandbox.kube.get<AnalysisRun>({ kind: kinds.analysisRun, namespace: 'shop', name: 'r' }),
    events: async () =>
      (await sandbox.kube.list(kinds.event, { namespace: 'shop' })).items.map(
        (event) => `${String(event['type'])} ${String(event['reason'])}: ${String(event['message'])}`,
      ),
  };
}

describe('analysis run controller', () => {
  it('takes five measurements a minute apart, without drift, in virtual time', async () => {
    const w = await world(
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
    const w = await world(
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
    const w = await world({ metrics: [web({ interval: '5m' })] }, () => ({
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

  it('goes on after a restart without a measurement lost or counted twice', async () => {
    const w = await world({ metrics: [web({ interval: '60s', count: 5 })] }, () => floatOutcome(1));
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

  it('ends when it is told to', async () => {
    const w = await world({ metrics: [web({ interval: '60s' })] }, (_, n) => floatOutcome(n));
    await w.sandbox.kube.patch(
      { kind: kinds.analysisRun, namespace: 'shop', name: 'r' },
      { type: 'merge', body: { spec: { terminate: true } } },
    );
    await w.sandbox.clock.settle();
    expect((await w.get())?.status).to.deep.include({ phase: 'Successful', message: 'Run Terminated' });
  });

  it('counts nothing twice over a cache that lags behind', async () => {
    const w = await world({ metrics: [web({ interval: '1s', count: 20 })] }, () => floatOutcome(1), [], {
      lagMs: 700,
    });
    await w.sandbox.clock.advance(60_000);
    expect(w.source.asked).to.have.length(20);
    expect((await w.get())?.status?.metricResults?.[0]).to.deep.include({ count: 20, successful: 20 });
  });

  it('reads Secrets when it measures and stores nothing of them', async () => {
    const provider = { web: { url: 'http://x/{{args.token}}' } };
    const w = await world(
      { metrics: [{ name: 'm', provider }], args: secretArgs },
      () => ({ kind: 'error', message: 'http://x/hush is down' }),
      [secret('hush')],
    );
    expect(w.source.asked[0]?.provider).to.deep.equal({ url: 'http://x/hush' });
    expect((await w.get())?.status?.metricResults?.[0]?.measurements?.[0]?.message).to.equal(
      'http://x/***** is down',
    );
  });

  it('tries again when a Secret is missing, and ends in Error naming it and the metric (5.4, 18)', async () => {
    const w = await world({ metrics: [web()], args: secretArgs }, () => floatOutcome(1));
    await w.sandbox.clock.advance(60_000);
    expect((await w.get())?.status).to.deep.include({
      phase: 'Error',
      message:
        'Metric "m" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: Unable to resolve metric arguments: secrets "s" not found"',
    });
    expect(w.source.asked).to.deep.equal([]);
  });

  it('goes on as soon as a missing Secret, or its key, is there', async () => {
    const w = await world({ metrics: [web()], args: secretArgs }, () => floatOutcome(1));
    await w.sandbox.kube.create(kinds.secret, { ...secret('x'), data: {} } as any);
    await w.sandbox.clock.advance(15_000);
    const messages = (await w.get())?.status?.metricResults?.[0]?.measurements?.map(({ message }) => message);
    expect(messages).to.deep.equal([
      'Unable to resolve metric arguments: secrets "s" not found',
      "Unable to resolve metric arguments: key 'token' does not exist in secret 's'",
    ]);
    await w.sandbox.kube.patch(
      { kind: kinds.secret, namespace: 'shop', name: 's' },
      { type: 'merge', body: { data: secret('hush').data } },
    );
    await w.sandbox.clock.advance(10_000);
    expect((await w.get())?.status?.phase).to.equal('Successful');
  });

  it('shows a Secret nowhere: value, metadata, resolved query, condition, name, events, log', async () => {
    const hush = 'h u"sh/';
    const metric = {
      name: 'm-{{args.token}}',
      successCondition: 'result == "{{args.token}}" + nope',
      provider: { web: { url: 'http://x/{{args.token}}' } },
    };
    const outcomes: MetricOutcome[] = [
      {
        kind: 'value',
        result: hush,
        value: JSON.stringify(hush),
        keepsValue: true,
        metadata: { seen: encodeURIComponent(hush) },
        resultMetadata: { ResolvedQuery: `q ${hush}` },
      },
    ];
    const w = await world(
      { metrics: [{ ...metric, consecutiveErrorLimit: 1 }], args: secretArgs },
      () => {
        const [next] = outcomes.splice(0, 1);
        if (next === undefined) throw new Error(`thrown ${hush}`);
        return next;
      },
      [secret(hush)],
    );
    await w.sandbox.clock.advance(60_000);
    const status = (await w.get())?.status;
    expect(status?.phase).to.equal('Error');
    expect(status?.metricResults?.[0]).to.deep.include({
      name: 'm-temp-for-secret',
      metadata: { ResolvedQuery: 'q *****' },
    });
    expect(
      status?.metricResults?.[0]?.measurements?.map(({ value, metadata }) => [value, metadata]),
    ).to.deep.equal([
      ['"*****"', { seen: '*****' }],
      [undefined, undefined],
    ]);
    const said = JSON.stringify([status, await w.events(), w.logged]);
    for (const form of [hush, encodeURIComponent(hush), JSON.stringify(hush).slice(1, -1)]) {
      expect(said).not.to.include(form);
    }
    expect(w.logged).to.deep.equal(['metric source failed: thrown *****']);
  });

  it('measures a metric whose name comes of an argument once, under that name', async () => {
    const args = [{ name: 'x', value: 'a' }];
    const w = await world({ metrics: [web({ name: 'm-{{args.x}}', interval: '30s', count: 2 })], args }, () =>
      floatOutcome(1),
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
    const w = await world({ metrics: [{ name: 'm', provider: { graphite: { query: 'x' } } }] }, () =>
      floatOutcome(1),
    );
    expect((await w.get())?.status?.metricResults?.[0]?.measurements?.[0]).to.deep.include({
      phase: 'Error',
      message: 'metric provider "graphite" is not supported yet',
    });
  });

  it('is removed when its time to live is over, and writes nothing before', async () => {
    const w = await world({ metrics: [web()], ttlStrategy: { secondsAfterCompletion: 60 } }, () =>
      floatOutcome(1),
    );
    const settled = (await w.get())?.metadata.resourceVersion;
    await w.sandbox.clock.advance(60_000);
    expect((await w.get())?.metadata.resourceVersion).to.equal(settled);
    await w.sandbox.clock.advance(2_000);
    expect(await w.get()).to.equal(undefined);
    expect(w.failures).to.deep.equal([]);
  });

  it('counts a measurement once although its status could not be written at first (8)', async () => {
    const failing = { left: 0 };
    const w = await world({ metrics: [web({ interval: '60s', count: 3 })] }, () => floatOutcome(1), [], {
      beforePatch: () => {
        if (failing.left > 0) {
          failing.left -= 1;
          throw new Error('the server is not there');
        }
      },
    });
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
    const w = await world({ metrics: [web()] }, () => floatOutcome(1));
    const told = (await w.events()).length;
    w.stop();
    w.start();
    await w.sandbox.clock.advance(600_000);
    expect([w.source.asked.length, (await w.events()).length]).to.deep.equal([1, told]);
  });

  it('refuses a bad run with an event, and leaves it without end, results and summaries (4, 8)', async () => {
    const w = await world({ metrics: [web(), web()] }, () => floatOutcome(1));
    expect((await w.get())?.status).to.deep.equal({
      phase: 'Error',
      message: "Analysis spec invalid: metrics[1]: duplicate name 'm'",
    });
    expect(await w.events()).to.deep.equal(['Warning AnalysisRunError: Analysis Completed. Result: Error']);
  });

  it('keeps what a source noted at the beginning until the end of its measurement', async () => {
    const w = await world(
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

  it('looks after what a source has under way once, also when the controller came back in between', async () => {
    const resumed: number[] = [];
    const w = await world(
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

  const lives: readonly (readonly [string, object, number, number])[] = [
    ['secondsAfterSuccess', { secondsAfterSuccess: 30, secondsAfterCompletion: 600 }, 1, 31],
    ['secondsAfterFailure', { secondsAfterFailure: 20, secondsAfterCompletion: 600 }, 0, 21],
    ['secondsAfterCompletion', { secondsAfterCompletion: 40 }, 0, 41],
  ];
  for (const [name, ttlStrategy, value, seconds] of lives) {
    it(`removes a run by ${name} without anything that wakes it (13)`, async () => {
      const w = await world({ metrics: [web({ successCondition: 'result == 1' })], ttlStrategy }, () =>
        floatOutcome(value),
      );
      await w.sandbox.clock.advance(seconds * 1000 - 1);
      expect(await w.get()).not.to.equal(undefined);
      await w.sandbox.clock.advance(2);
      expect(await w.get()).to.equal(undefined);
    });
  }
});
