import { expect } from 'chai';
import { emptyPluginConfig, findPlugin, parsePluginConfig } from './config.js';

const parse = (stepPlugins: string) => parsePluginConfig({ stepPlugins });
const sha = 'AB'.repeat(32);

describe('the configuration of plugins', () => {
  it('reads the fields of the peer, and ours', () => {
    const { config, problems } = parsePluginConfig({
      stepPlugins: `
- name: team/gate
  location: file://./gate
  sha256: ${sha}
  args: [--fast]
  env: {TEAM: shop, RETRIES: 3}
  timeout: 1m
  somethingNew: 1`,
      metricProviderPlugins: `[{"name": "team/loki", "location": "https://loki.svc/plugin", "disabled": true,
        "headersFrom": [{"secretRef": {"name": "loki-token"}}]}]`,
      keyPlugins:
        '[{name: team/kms, location: file:///kms, services: [kms], audiences: [sts.amazonaws.com]}]',
      trafficRouterPlugins: `[{name: argoproj-labs/gatewayAPI, location: "file:///x"}]`,
    });
    expect(problems).to.deep.equal([]);
    expect(config).to.deep.equal({
      step: [
        {
          kind: 'step',
          name: 'team/gate',
          location: { kind: 'file', path: './gate' },
          sha256: sha.toLowerCase(),
          disabled: false,
          args: ['--fast'],
          env: { TEAM: 'shop', RETRIES: '3' },
          headersFrom: [],
          timeoutMs: 60_000,
        },
      ],
      metric: [
        {
          kind: 'metric',
          name: 'team/loki',
          location: { kind: 'url', url: 'https://loki.svc/plugin' },
          disabled: true,
          args: [],
          env: {},
          headersFrom: ['loki-token'],
          timeoutMs: 30_000,
        },
      ],
      key: [
        {
          kind: 'key',
          name: 'team/kms',
          location: { kind: 'file', path: '/kms' },
          disabled: false,
          args: [],
          env: {},
          headersFrom: [],
          timeoutMs: 30_000,
          services: ['kms'],
          audiences: ['sts.amazonaws.com'],
        },
      ],
      trafficRouters: ['argoproj-labs/gatewayAPI'],
    });
  });

  const bad: readonly (readonly [string, string])[] = [
    ['- name: [', 'stepPlugins: bad YAML in line 1: unexpected end of the stream within a flow collection'],
    ['name: a/b', 'stepPlugins: must be a list of plugins'],
    ['[a]', 'stepPlugins: every item must be an object'],
    ['[{location: file:///x}]', 'stepPlugins[0]: plugin name () must be in the format of <namespace>/<name>'],
    ['[{name: x}]', 'stepPlugins[0]: plugin name (x) must be in the format of <namespace>/<name>'],
    ['[{name: a/b}]', 'stepPlugins[0]: plugin a/b has no location'],
    [
      '[{name: a/b, location: file:///x, sha256: abc}]',
      'stepPlugins[0]: plugin a/b: sha256 must be 64 hexadecimal digits',
    ],
    [
      '[{name: a/b, location: file:///x}, {name: a/b, location: file:///y}]',
      'stepPlugins[1]: plugin a/b is named twice',
    ],
    ...['10m', '0s', 'long'].map(
      (timeout) =>
        [
          `[{name: a/b, location: file:///x, timeout: ${timeout}}]`,
          'stepPlugins[0]: plugin a/b: timeout must be a duration of more than 0s and at most 5m, such as 30s',
        ] as const,
    ),
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${text}`, () => {
      expect(parse(text)).to.deep.equal({ config: emptyPluginConfig, problems: [problem] });
    });
  }

  it('keeps a key that cannot be read as it was, and takes the others', () => {
    const first = parse('[{name: a/b, location: file:///x}]').config;
    const { config, problems } = parsePluginConfig(
      { stepPlugins: '{', metricProviderPlugins: '[{name: c/d, location: file:///y}]' },
      first,
    );
    expect(config.step).to.equal(first.step);
    expect(config.metric.map(({ name }) => name)).to.deep.equal(['c/d']);
    expect(problems).to.have.length(1);
    expect(parsePluginConfig({}, first).config).to.deep.equal(emptyPluginConfig);
  });

  const unusable: readonly (readonly [string, string])[] = [
    ['oci://x', 'plugin a/b: location "oci://x" must begin with file://, http:// or https://'],
    ['file://', 'plugin a/b: location "file://" names no file'],
    ['http://[', 'plugin a/b: location "http://[" is no URL'],
  ];
  for (const [location, message] of unusable) {
    it(`says of ${location} why it cannot be used`, () => {
      const { config } = parse(`[{name: a/b, location: "${location}"}]`);
      expect(findPlugin(config, 'step', 'a/b')).to.deep.equal({ kind: 'unusable', message });
    });
  }

  it("takes an http location with a sha256 for a download of the peer's, and says so", () => {
    const { config } = parse(`[{name: a/b, location: "https://x/y", sha256: ${sha}}]`);
    const state = findPlugin(config, 'step', 'a/b');
    expect(state.kind === 'unusable' && state.message).to.match(/programs are not downloaded here/);
  });
});
