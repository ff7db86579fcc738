import { expect } from 'chai';
import { emptyPluginConfig, type PluginConfig } from '#core/plugin/config.js';
import { instantOf } from '#core/time/instant.js';
import type { PluginHost, PluginReply } from '#ports/plugin-host.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { pluginEntry } from '#test/fakes/shell-plugin.js';
import { createPluginSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const clock = { now: () => now, schedule: () => () => undefined };
const entry = pluginEntry({ path: '/plugin' }, {}, 'metric');
const provider = { 'team/gate': { query: 'x' } };
const status = {
  phase: 'Running' as const,
  metricResults: [{ name: 'm', phase: 'Running' as const, count: 2, error: 1 }],
};

/** A source whose plugin answers like this, and what it was asked. */
function world(
  reply: PluginReply,
  config: PluginConfig = { ...emptyPluginConfig, metric: [entry] },
  features: string[] = [],
) {
  const asked: (readonly [string, unknown])[] = [];
  const host: PluginHost = {
    call: ({ method, params }) => {
      asked.push([method, params]);
      return Promise.resolve(reply);
    },
    hasFeature: (_entry, feature) => features.includes(feature),
    keepOnly: () => undefined,
    close: () => Promise.resolve(),
  };
  const source = createPluginSource({ clock, env: {}, plugins: { read: () => config, host } });
  const request = { ...metricRequest('plugin', provider, { status }), provider: provider['team/gate'] };
  return { asked, source, request };
}

const answer = (result: unknown): PluginReply => ({ kind: 'result', result });

describe('metric plugins', () => {
  it('measure and judge, and are told which measurement it is', async () => {
    const { source, request, asked } = world(
      answer({ phase: 'Successful', value: 0.5, metadata: { page: '1' }, metricMetadata: { query: 'x' } }),
    );
    expect(await source.measure(request)).to.deep.equal({
      kind: 'judged',
      phase: 'Successful',
      value: '0.5',
      metadata: { page: '1' },
      resultMetadata: { query: 'x' },
    });
    expect(asked).to.deep.equal([
      [
        'metric.run',
        {
          plugin: 'team/gate',
          key: 'u-1/m/4',
          config: { query: 'x' },
          metric: { name: 'm', provider: { plugin: provider } },
          run: { namespace: 'shop', name: 'r', uid: 'u-1', labels: undefined, annotations: undefined },
        },
      ],
    ]);
  });

  it('may take their time: they are asked again, and ended, with what they noted', async () => {
    const { source, request, asked } = world(answer({ phase: 'Running', resumeAfter: '1m' }));
    const resumeAt = instantOf(now + 60_000);
    expect(await source.measure(request)).to.deep.equal({ kind: 'running', resumeAt });
    const earlier = { phase: 'Running' as const, metadata: { job: '7' } };
    const again = await source.resume?.(request, earlier);
    expect(again).to.deep.equal({ kind: 'running', resumeAt, metadata: { job: '7' } });
    await source.terminate?.(request, earlier);
    expect(
      asked.map(([method, params]) => [method, (params as { measurement?: unknown }).measurement]),
    ).to.deep.equal([
      ['metric.run', undefined],
      ['metric.resume', earlier],
      ['metric.terminate', earlier],
    ]);
  });

  it('are told what is kept when they ask for it', async () => {
    const deaf = world(answer({}));
    await deaf.source.collect?.(deaf.request, 10);
    const keen = world(answer({}), undefined, ['collect']);
    await keen.source.collect?.(keen.request, 10);
    expect([deaf.asked.length, keen.asked[0]?.[0]]).to.deep.equal([0, 'metric.collect']);
    expect(keen.asked[0]?.[1]).to.deep.include({ limit: 10 });
  });

  const errors: readonly (readonly [string, PluginReply, PluginConfig | undefined, string])[] = [
    [
      'is not configured',
      answer({}),
      emptyPluginConfig,
      'plugin team/gate not configured in configmap: add it to metricProviderPlugins of ConfigMap argo-rollouts-config',
    ],
    [
      'is disabled',
      answer({}),
      { ...emptyPluginConfig, metric: [{ ...entry, disabled: true }] },
      'plugin team/gate is disabled',
    ],
    ['refuses', { kind: 'refused', message: 'no such series' }, undefined, 'no such series'],
    [
      'hangs',
      { kind: 'unreachable', message: 'plugin team/gate: it did not answer' },
      undefined,
      'plugin team/gate: it did not answer',
    ],
  ];
  for (const [what, reply, config, message] of errors) {
    it(`are an Error measurement when one ${what}`, async () => {
      const { source, request } = world(reply, config);
      expect(await source.measure(request)).to.deep.equal({
        kind: 'error',
        message: `failed to run via plugin: ${message}`,
      });
    });
  }

  it('are an Error measurement when the answer makes no sense', async () => {
    const { source, request } = world(answer({ phase: 'Splendid' }));
    expect(await source.measure(request)).to.deep.equal({
      kind: 'error',
      message: 'the answer of the plugin has the phase "Splendid"',
    });
  });
});
