import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { MetricOutcome, MetricRequest } from '#ports/metric-source.js';
import { instantOf } from '#core/time/instant.js';
import { FakeHttpServer, sendJson, type SeenRequest } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createKayentaSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const resumeAt = instantOf(now + 15_000);
const clock = { now: () => now, schedule: () => () => undefined };
const metadata = { canaryExecutionId: 'x1' };
const running = { phase: 'Running' as const, metadata, resumeAt: '2026-01-01T00:00:15Z' };

describe('kayenta source', () => {
  let server: FakeHttpServer;
  let answers: Record<string, readonly [number, unknown]>;
  before(async () => {
    server = await FakeHttpServer.start();
    server.answer = ({ method, path }: SeenRequest, response) => {
      const [status, body] = answers[`${method} ${path.split('?')[0]}`] ?? [404, ''];
      sendJson(response, status, body);
    };
  });
  beforeEach(() => {
    server.seen.splice(0);
    answers = {
      'GET /canaryConfig': [
        200,
        [
          { id: 'c0', name: 'other' },
          { id: 'c1', name: 'config' },
        ],
      ],
      'POST /canary/c1': [200, { canaryExecutionId: 'x1' }],
    };
  });
  after(() => server.stop());

  const scope = { scope: 'app', region: 'eu', step: 60 };
  const sent = { scope: 'app', location: 'eu', step: 60 };
  const request = (rest: object = {}, interval: string | undefined = '5m'): MetricRequest => {
    const provider = {
      address: server.url,
      application: 'shop',
      canaryConfigName: 'config',
      metricsAccountName: 'metrics',
      configurationAccountName: 'configs',
      storageAccountName: 'storage',
      threshold: { pass: 90, marginal: 75 },
      scopes: [{ name: 'default', controlScope: scope, experimentScope: { ...scope, scope: 'canary' } }],
      ...rest,
    };
    const status: AnalysisRun['status'] = { phase: 'Running', startedAt: '2025-12-31T20:00:00Z' };
    const made = metricRequest('kayenta', provider, { status });
    return interval === undefined ? made : { ...made, metric: { ...made.metric, interval } };
  };
  const source = createKayentaSource({ clock, env: {} });
  const sentScopes = () =>
    (JSON.parse(server.seen[1]?.body ?? '{}') as { scopes: Record<string, unknown> }).scopes['default'];
  const resume = async (answer: unknown, status = 200): Promise<MetricOutcome | undefined> => {
    answers['GET /canary/x1'] = [status, answer];
    return source.resume?.(request(), running);
  };

  it('looks the config up, starts an analysis of the last interval, and looks again after 15 s', async () => {
    expect(await source.measure(request())).to.deep.equal({ kind: 'running', resumeAt, metadata });
    const params = (i: number) =>
      Object.fromEntries(new URL(server.seen[i]?.path ?? '', server.url).searchParams);
    expect(params(0)).to.deep.equal({ application: 'shop', configurationAccountName: 'storage' });
    expect(params(1)).to.deep.equal({
      application: 'shop',
      metricsAccountName: 'metrics',
      configurationAccountName: 'configs',
      storageAccountName: 'storage',
    });
    const times = { start: '2025-12-31T23:55:00Z', end: '2026-01-01T00:00:00Z' };
    expect(JSON.parse(server.seen[1]?.body ?? '')).to.deep.equal({
      scopes: {
        default: {
          controlScope: { ...sent, ...times },
          experimentScope: { ...sent, scope: 'canary', ...times },
        },
      },
      thresholds: { pass: 90, marginal: 75 },
    });
  });

  it('looks back to the start of the run, or at the times that it is given', async () => {
    await source.measure(request({ lookback: true }, ''));
    expect(sentScopes()).to.have.nested.property('controlScope.start', '2025-12-31T20:00:00Z');
    server.seen.splice(0);
    const given = { ...scope, start: 'a', end: 'b' };
    await source.measure(
      request({ scopes: [{ name: 'default', controlScope: given, experimentScope: given }] }, ''),
    );
    const sentTimes = { ...sent, start: 'a', end: 'b' };
    expect(sentScopes()).to.deep.equal({ controlScope: sentTimes, experimentScope: sentTimes });
  });

  const refused: readonly (readonly [string, object, string | undefined, string])[] = [
    ['no interval', {}, '', 'Invalid duration "": time: invalid duration ""'],
    [
      'one start only',
      { scopes: [{ name: 'a', controlScope: { ...scope, start: 'x' }, experimentScope: scope }] },
      '5m',
      'controlScope.start and experimentScope.start must both be set or be empty',
    ],
    [
      'one end only',
      { scopes: [{ name: 'a', controlScope: scope, experimentScope: { ...scope, end: 'x' } }] },
      '5m',
      'controlScope.end and experimentScope.end must both be set or be empty',
    ],
    ['an unknown config', { canaryConfigName: 'none' }, '5m', 'Canary config not found'],
  ];
  for (const [what, rest, interval, message] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await source.measure(request(rest, interval))).to.deep.equal({ kind: 'error', message });
    });
  }

  const starts: readonly (readonly [string, string, number, unknown, string])[] = [
    ['too many requests', 'POST /canary/c1', 429, '', 'Invalid Response'],
    ['a broken server', 'POST /canary/c1', 500, '', 'Invalid Response'],
    ['no execution', 'POST /canary/c1', 200, {}, 'Invalid canaryExecutionId'],
  ];
  for (const [what, path, status, body, message] of starts) {
    it(`makes an error of ${what} at the start`, async () => {
      answers[path] = [status, body];
      expect(await source.measure(request())).to.deep.equal({ kind: 'error', message });
    });
  }

  it('waits until the analysis is complete', async () => {
    expect(await resume({ complete: false })).to.deep.equal({ kind: 'running', resumeAt, metadata });
  });

  const scores: readonly (readonly [number, string, string])[] = [
    [100, 'Successful', '100'],
    [90, 'Successful', '90'],
    [89.99, 'Inconclusive', '89'],
    [75, 'Inconclusive', '75'],
    [74.9, 'Failed', '74'],
    [0, 'Failed', '0'],
  ];
  for (const [score, phase, value] of scores) {
    it(`judges a score of ${score} as ${phase}`, async () => {
      const answer = { complete: true, result: { judgeResult: { score: { score } } } };
      expect(await resume(answer)).to.deep.equal({ kind: 'judged', phase, value, metadata });
    });
  }

  const ends: readonly (readonly [string, unknown, number, string])[] = [
    ['a broken server', '', 500, 'Invalid Response'],
    ['too many requests', '', 429, 'Invalid Response'],
    ['no word of completion', {}, 200, 'Missing Complete Status'],
    [
      'a score that is NaN',
      { complete: true, result: { judgeResult: { score: { score: 'NaN' } } } },
      200,
      'Missing Score',
    ],
    ['no score', { complete: true, result: {} }, 200, 'Missing Score'],
    ['nothing', '', 200, 'unexpected end of JSON input'],
  ];
  for (const [what, body, status, message] of ends) {
    it(`makes an error of ${what} at the end`, async () => {
      expect(await resume(body, status)).to.deep.equal({ kind: 'error', message, metadata });
    });
  }

  it('leaves a measurement as it is when it is to be ended', async () => {
    expect(await source.terminate?.(request(), running)).to.deep.equal({
      kind: 'running',
      resumeAt,
      metadata,
    });
    expect(server.seen.length).to.equal(0);
  });
});
