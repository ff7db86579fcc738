import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createHttpClient } from '#adapters/metrics/http/call.js';
import { createPrometheusSource } from '#adapters/metrics/prometheus/source.js';
import { instantOf, type Instant } from '#core/time/instant.js';
import { createCliWorld } from '#test/fakes/cli-io.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { hasPrometheus, startPrometheus, type RealPrometheus } from '#test/fakes/real-prometheus.js';
import { pastHttp } from './past-http.js';

const gate = readFileSync(
  new URL('../../../../../examples/analysis/success-rate.yaml', import.meta.url),
  'utf8',
);

/** Answers by the time of the question: a Prometheus with nothing in it has a past, too. */
const queries = [
  'vector(time() % 7)',
  'time() * 2',
  'vector(time()) > 1741082520',
  'vector(0) / 0',
  'label_replace(vector(time()), "a", "1", "", "") or label_replace(vector(1/0), "a", "2", "", "")',
  'absent(nothing_here)',
  'nothing_here',
  'sort(vector(3))',
  'rate(',
];

describe('a backtest against a real Prometheus, where there is one', () => {
  let server: RealPrometheus | undefined;
  before(async function () {
    if (!hasPrometheus) this.skip();
    this.timeout(30_000);
    server = await startPrometheus();
  });
  after(() => server?.stop());

  for (const query of queries) {
    it(`hears in a range what it hears at each moment: ${query}`, async () => {
      const begin = Date.parse('2025-03-04T10:00:00Z');
      const http = createHttpClient({ env: {} });
      const ask = async (client: typeof http): Promise<unknown[]> => {
        let now: Instant = instantOf(begin);
        const clock = { now: () => now, schedule: () => () => undefined };
        const source = createPrometheusSource({ clock, env: {}, http: client });
        const answers: unknown[] = [];
        for (let i = 0; i < 6; i += 1) {
          now = instantOf(begin + i * 60_000);
          answers.push(await source.measure(metricRequest('prometheus', { address: server?.url, query })));
        }
        return answers;
      };
      const until = instantOf(begin + 600_000);
      expect(await ask(pastHttp(http, () => until))).to.deep.equal(await ask(http));
    });
  }

  it('catches a bad release and passes a good one', async () => {
    const down = Date.parse('2025-03-02T10:05:00Z') / 1000;
    const query = `vector(0.99 - 0.1 * (time() >= bool ${down}) * (time() < bool ${down + 1800}))`;
    const files = {
      'gate.yaml': gate.replace(/query: \|\n.*\n.*\n/, `query: ${query}\n`),
      'r.yaml':
        '- {name: good, at: 2025-03-01T10:00:00Z, bad: false}\n- {name: bad, at: 2025-03-02T10:00:00Z, bad: true}\n',
    };
    const world = await createCliWorld({ files });
    const { code, out } = await world.run(
      `analysis backtest gate.yaml --arg service=x --prometheus ${server?.url} --releases r.yaml`,
    );
    expect([code, out.includes('good     good  ● Successful  9m0s   passed')]).to.deep.equal([0, true], out);
    expect(out).to.contain('bad      bad   ✕ Failed      6m0s   caught');
  });
});
