import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createPrometheusSource } from './source.js';

const isHere = spawnSync('prometheus', ['--version']).error === undefined;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('prometheus source against a real Prometheus, where there is one', () => {
  let folder = '';
  let address = '';
  let server: ChildProcess | undefined;

  before(async function () {
    if (!isHere) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'));
    writeFileSync(join(folder, 'prometheus.yml'), 'global: { scrape_interval: 1h }\n');
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    server = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    for (let i = 0; i < 80; i += 1) {
      const ready = await fetch(`${address}/-/ready`).catch(() => undefined);
      if (ready?.ok === true) return;
      await sleep(100);
    }
    throw new Error('prometheus did not get ready');
  });

  after(async () => {
    if (server === undefined) return;
    const gone = new Promise((resolve) => server?.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(provider: object): Promise<MetricOutcome> {
    const clock = { now: () => instantOf(Date.now()), schedule: () => () => undefined };
    return createPrometheusSource({ clock, env: {} }).measure(
      metricRequest('prometheus', { address, ...provider }),
    );
  }

  const value = async (provider: object): Promise<string> => {
    const outcome = await ask(provider);
    return outcome.kind === 'value'
      ? outcome.value
      : outcome.kind === 'error'
        ? outcome.message
        : outcome.kind;
  };

  it('reads scalars, vectors, ranges, infinities and NaN', async () => {
    expect(await value({ query: '1.5' })).to.equal('1.5');
    expect(await value({ query: 'vector(0.95)' })).to.equal('[0.95]');
    expect(await value({ query: 'vector(1/0)' })).to.equal('[+Inf]');
    expect(await value({ query: '-1/0' })).to.equal('-Inf');
    expect(await value({ query: '0/0' })).to.equal('NaN');
    expect(await value({ query: 'nothing_here' })).to.equal('[]');
    const rangeQuery = { start: 'now() - duration("2m")', end: 'now()', step: '1m' };
    expect(await value({ query: 'vector(2)', rangeQuery })).to.equal('[2,2,2]');
  });

  it('says what Prometheus has against a query', async () => {
    expect(await value({ query: 'rate(' })).to.match(/^bad_data: .*parse error/);
    expect(await value({ query: '"text"' })).to.equal('Prometheus metric type not supported');
  });
});
