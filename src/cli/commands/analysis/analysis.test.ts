import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createCliWorld, type CliWorldOptions, type Finished } from '#test/fakes/cli-io.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';

const example = (name: string) =>
  readFileSync(new URL(`../../../../examples/analysis/${name}`, import.meta.url), 'utf8');
const gate = example('success-rate.yaml');

async function run(
  line: string,
  files: Readonly<Record<string, string>> = {},
  options: CliWorldOptions = {},
): Promise<Finished> {
  return (await createCliWorld({ files: { 'gate.yaml': gate, ...files }, ...options })).run(line);
}

describe('sluice analysis', () => {
  const simulate = 'analysis simulate gate.yaml --arg service=web -d data.yaml';

  describe('speaks of wrong input', () => {
    const data = { 'data.yaml': 'success-rate: [1]\n' };
    const rollout = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n';
    for (const [words, line, files, code, error] of [
      ['a missing file', 'analysis lint none.yaml', {}, 1, /^error: none\.yaml: cannot be read: /],
      [
        'a folder without manifests',
        'analysis simulate a -d data.yaml',
        { ...data, 'a/x': '' },
        1,
        /^error: a: .*/,
      ],
      ['no YAML', 'analysis lint bad.yaml', { 'bad.yaml': 'kind: [\n' }, 1, /^bad\.yaml:\d+:1: error: /],
      [
        'another kind',
        'analysis lint svc.yaml',
        { 'svc.yaml': rollout },
        1,
        /^error: svc\.yaml: there is no AnalysisTemplate/,
      ],
      [
        'another kind',
        'analysis run svc.yaml',
        { 'svc.yaml': rollout },
        1,
        /^error: svc\.yaml: there is no AnalysisTemplate/,
      ],
      [
        'a field of the wrong type',
        simulate,
        { ...data, 'gate.yaml': gate.replace('count: 10', 'count: [10]') },
        1,
        /^gate\.yaml:13:7: error: AnalysisTemplate\/success-rate: spec\.metrics\[0\]\.count: /,
      ],
      [
        'an argument without value',
        'analysis simulate gate.yaml -d data.yaml',
        data,
        1,
        /^error: gate\.yaml: an argument has no value: add --arg service=…\n$/,
      ],
      [
        'an unknown argument',
        `${simulate} --arg servise=web`,
        data,
        1,
        /^error: gate\.yaml: argument "servise" is not declared: it takes service\n$/,
      ],
      ['an argument that is none', `${simulate} --arg x`, data, 2, /^error: --arg x: expected NAME=VALUE/],
      [
        'an argument given twice',
        `${simulate} --arg service=b`,
        data,
        2,
        /^error: --arg service: is given twice\n$/,
      ],
      [
        'an unknown name',
        `${simulate} --name none`,
        data,
        1,
        /^error: gate\.yaml: no template or run is named "none"; there are AnalysisTemplate\/success-rate\n$/,
      ],
      [
        'data for no metric',
        simulate,
        { 'data.yaml': '\nsucces-rate: [1]\n' },
        1,
        /^data\.yaml:2: error: succes-rate is no metric of the gate; it has "success-rate"\n.*has no values for the metric "success-rate"\n$/,
      ],
      [
        'a mistake in the data',
        simulate,
        { 'data.yaml': 'success-rate:\n  - 1\n  - {valu: 3}\n' },
        1,
        /^data\.yaml:3: error: success-rate\[1\]\.valu is unknown: /,
      ],
      ['data that is no YAML', simulate, { 'data.yaml': 'a: [' }, 1, /^error: data\.yaml:\d: no YAML: /],
      ['data that is empty', simulate, { 'data.yaml': '\n' }, 1, /^error: data\.yaml: is empty\n$/],
      [
        'an unknown scenario',
        `${simulate} --scenario x`,
        { 'data.yaml': 'scenarios: [{name: a, metrics: {success-rate: [1]}}]' },
        2,
        /^error: --scenario x: data\.yaml has "a"\n$/,
      ],
      [
        'an address that is none',
        'analysis run gate.yaml --arg service=web --prometheus prom:9090',
        {},
        2,
        /^error: --prometheus prom:9090: expected an address such as /,
      ],
      [
        'an unknown verdict',
        `${simulate} --expect good`,
        data,
        2,
        /^error: --expect good: expected Successful, /,
      ],
      [
        'an unknown format',
        `${simulate} -o xml`,
        data,
        2,
        /^error: --output xml: expected one of table, json, svg\n$/,
      ],
      [
        'no releases',
        'analysis backtest gate.yaml --arg service=web',
        {},
        2,
        /^error: --releases or --quiet-every is needed/,
      ],
      [
        'a mistake in the releases',
        'analysis backtest gate.yaml --arg service=web --releases r.yaml',
        { 'r.yaml': '- {at: 2026-01-01T00:00:00Z, bad: false}\n- {at: now, bad: true}\n' },
        1,
        /^r\.yaml:2: error: \[1\]\.at must be a time such as /,
      ],
      [
        'no time',
        'analysis backtest gate.yaml --arg service=web --from noon --quiet-every 1h',
        {},
        2,
        /^error: --from noon: expected a time such as /,
      ],
      [
        'quiet times without a beginning',
        'analysis backtest gate.yaml --arg service=web --quiet-every 1h',
        {},
        2,
        /^error: --quiet-every needs --from/,
      ],
      [
        'releases that are all too early',
        'analysis backtest gate.yaml --arg service=web --from 1h --releases r.yaml',
        { 'r.yaml': '- {at: 2025-01-01T00:00:00Z, bad: false}' },
        1,
        /^error: there is no release between 2026-01-02T02:12:00Z and 2026-01-02T03:12:00Z\n$/,
      ],
      [
        'a Prometheus that is away',
        'analysis backtest gate.yaml --arg service=web --prometheus http://127.0.0.1:1 --releases r.yaml',
        { 'r.yaml': '- {at: 2025-01-01T00:00:00Z, bad: false}' },
        1,
        /^error: metric "success-rate": http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*; is the address right from here\? --prometheus URL says another one\n$/,
      ],
    ] as const) {
      it(`${words}: ${line.slice(9)}`, async () => {
        const finished = await run(line, files);
        expect(finished.err).to.match(error);
        expect([finished.code, finished.out]).to.deep.equal([code, '']);
      });
    }
  });

  describe('lint', () => {
    it('has nothing against the examples, also as a folder and from standard input', async () => {
      expect(await run('analysis lint gate.yaml --strict')).to.deep.equal({
        code: 0,
        out: '1 gate checked, nothing wrong\n',
        err: '',
      });
      const folder = { 'gates/a.yaml': gate, 'gates/sub/b.yaml': gate, 'gates/data.yaml': 'm: [1]\n' };
      expect((await run('analysis lint gates', folder)).out).to.equal('2 gates checked, nothing wrong\n');
      expect((await run('analysis lint -', { '-': gate })).out).to.equal('1 gate checked, nothing wrong\n');
    });
    it('points at the place in the line, in block texts at their beginning', async () => {
      const wrong = gate.replace('result[0] >= 0.95', 'result[0] >= limit');
      const { code, err, out } = await run('analysis lint gate.yaml', { 'gate.yaml': wrong });
      expect([code, out]).to.deep.equal([1, '1 gate checked, 1 error, 0 warnings\n']);
      expect(err).to.equal(
        'gate.yaml:15:78: error: AnalysisTemplate/success-rate spec.metrics[0].successCondition: unknown name limit (1:54) (condition)\n' +
          '     | len(result) == 0 || isNaN(result[0]) || result[0] >= limit\n' +
          '     | .....................................................^\n',
      );
      expect(wrong.split('\n')[14]?.slice(77)).to.equal('limit');
      const open = gate.replace('code!~"5.."}[2m]))', 'code!~"5.."}[2m])');
      expect((await run('analysis lint gate.yaml', { 'gate.yaml': open })).err).to.match(
        /^gate\.yaml:19:11: error: .*\( is never closed/,
      );
    });
    it('says all as JSON', async () => {
      const warned = gate.replace('      failureLimit: 1\n', '');
      const { code, out } = await run('analysis lint gate.yaml -o json', { 'gate.yaml': warned });
      expect(code).to.equal(0);
      expect(JSON.parse(out)).to.deep.equal({
        checked: 1,
        findings: [
          {
            file: 'gate.yaml',
            line: 11,
            column: 7,
            level: 'warning',
            rule: 'failure-limit-unset',
            subject: 'AnalysisTemplate/success-rate',
            path: 'spec.metrics[0]',
            message:
              'has no failureLimit: one failed measurement of 10 ends the run; say failureLimit: 0 if so',
          },
        ],
      });
      expect((await run('analysis lint gate.yaml --strict', { 'gate.yaml': warned })).code).to.equal(1);
    });
  });

  describe('simulate', () => {
    const data = (text: string) => ({ 'data.yaml': text });
    it('tells measurements, verdict and why', async () => {
      const { code, out } = await run(simulate, data('success-rate: [0.99, 0.9, {error: down}, 0.9]\n'));
      expect(code).to.equal(1);
      expect(out).to.equal(`AnalysisTemplate/success-rate

TIME   METRIC        VALUE   OUTCOME       SO FAR
0s     success-rate  [0.99]  ● Successful  1 of 10
1m0s   success-rate  [0.9]   ✕ Failed      2 of 10, 1 failed of 1 tolerated
2m0s   success-rate          ▲ Error       2 of 10, 1 failed of 1 tolerated, 1 error of 4 tolerated; down
2m10s  success-rate  [0.9]   ✕ Failed      3 of 10, 2 failed of 1 tolerated
2m10s  success-rate  ends    ✕ Failed      failed (2) > failureLimit (1)

✕ Failed after 2m10s
  Metric "success-rate" assessed Failed due to failed (2) > failureLimit (1)
`);
    });
    it('exits 0 for a release that would go on, 1 for one that failed, 2 for neither, or by what is expected', async () => {
      const code = async (values: string, more = '') =>
        (await run(`${simulate}${more}`, data(`success-rate: [${values}]\n`))).code;
      expect([await code('1'), await code('0'), await code('{error: x}')]).to.deep.equal([0, 1, 2]);
      expect([await code('0', ' --expect Failed'), await code('1', ' --expect Failed')]).to.deep.equal([
        0, 1,
      ]);
    });
    it('plays scenarios and tells which are not as expected', async () => {
      const good = await run(simulate, data(example('try/scenarios.yaml')));
      expect([good.code, good.out.split('\n').at(-2)]).to.deep.equal([0, '5 scenarios, 0 not as expected']);
      const text =
        'scenarios:\n- {name: a, expect: Successful, metrics: {success-rate: [0]}}\n- {name: b, expect: Failed, within: 30s, metrics: {success-rate: [0]}}\n';
      const { code, out } = await run(simulate, data(text));
      expect(code).to.equal(1);
      expect(out).to.contain('✖ a: ✕ Failed after 1m0s, expected Successful\n');
      expect(out).to.contain('✖ b: ✕ Failed after 1m0s, expected within 30s\n');
    });
    it('says all as JSON, and draws a picture', async () => {
      const values = data('success-rate: [0.99, 0.9]\n');
      const json = JSON.parse((await run(`${simulate} -o json`, values)).out);
      expect(json).to.deep.include({
        gate: 'AnalysisTemplate/success-rate',
        verdict: 'Failed',
        afterSeconds: 120,
        end: 'completed',
      });
      expect(json.metrics[0]).to.deep.include({
        name: 'success-rate',
        successful: 1,
        failed: 2,
        because: 'failed (2) > failureLimit (1)',
      });
      expect(json.timeline).to.have.length(4);
      const { out } = await run(`${simulate} -o svg`, values);
      expect(out).to.match(/^<svg .*<title>AnalysisTemplate\/success-rate: Failed after 2m0s/s);
      expect(out.match(/<circle/g)).to.have.length(1);
    });
    it('plays a run, and the templates that are named out of several', async () => {
      const one = gate
        .replace('AnalysisTemplate', 'AnalysisRun')
        .replace('- name: service', '- { name: service, value: web }');
      const values = data('success-rate: [1]\n');
      const played = await run('analysis simulate gate.yaml -d data.yaml', { ...values, 'gate.yaml': one });
      expect([played.code, played.out.split('\n')[0]]).to.deep.equal([0, 'AnalysisRun/success-rate']);
      const other = gate.replaceAll('success-rate', 'other');
      const both = { ...values, 'gate.yaml': `${gate}---\n${other}` };
      expect((await run(`${simulate} --name success-rate`, both)).out).to.match(
        /^AnalysisTemplate\/success-rate\n/,
      );
      expect((await run(simulate, both)).err).to.contain('has no values for the metric "other"');
      expect((await run(simulate, { ...values, 'gate.yaml': `${one}---\n${other}` })).err).to.contain(
        'more than one run, or runs beside templates: choose by --name',
      );
    });
    it('plays the examples', async () => {
      const files = { 'data.yaml': example('try/series.yaml') };
      expect((await run(simulate, files)).out).to.contain('✕ Failed after 4m10s');
      const comparison = {
        'gate.yaml': example('errors-compared.yaml'),
        'data.yaml': example('try/comparison-series.yaml'),
      };
      const args = 'analysis simulate gate.yaml --arg canary-hash=a --arg stable-hash=b -d data.yaml';
      const { code, out } = await run(args, comparison);
      expect(code).to.equal(1);
      expect(out).to.contain('canary fails');
    });
  });

  describe('run', () => {
    let server: FakeHttpServer;
    const secretGate = (url: string) =>
      gate
        .replace('http://prometheus.monitoring:9090', url)
        .replace(
          '    - name: service\n',
          '    - name: service\n    - name: token\n      valueFrom: {secretKeyRef: {name: s, key: k}}\n',
        )
        .replace(
          'query: |',
          'headers: [{key: Authorization, value: "Bearer {{args.token}}"}]\n          query: |',
        );
    const answerWith = (...values: readonly number[]) => {
      let number = 0;
      server.answer = (_, response) => {
        const value = String(values[Math.min(number++, values.length - 1)]);
        sendJson(response, 200, {
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: {}, value: [1, value] }] },
        });
      };
    };
    before(async () => {
      server = await FakeHttpServer.start();
    });
    beforeEach(() => {
      server.seen.splice(0);
      answerWith(0.99);
    });
    after(() => server.stop());

    it('measures once, and shows what was asked', async () => {
      const { code, out } = await run(`analysis run gate.yaml --arg service=web --prometheus ${server.url}`);
      expect(code).to.equal(0);
      expect(out.replace(/\(\d+ ms\)/, '(N ms)')).to.equal(`AnalysisTemplate/success-rate

success-rate: ● Successful, value [0.99] (N ms)
  source   prometheus ${server.url}
  query    sum(rate(http_requests_total{service="web",code!~"5.."}[2m]))
           / sum(rate(http_requests_total{service="web"}[2m]))
  success  len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95

● Successful
`);
    });
    it('exits 1 when it fails, 2 when nothing can be said', async () => {
      answerWith(0.5);
      const line = `analysis run gate.yaml --arg service=web --prometheus ${server.url}`;
      expect((await run(line)).code).to.equal(1);
      const away = await run('analysis run gate.yaml --arg service=web --prometheus http://127.0.0.1:1');
      expect([away.code, away.out]).to.satisfy(
        ([code, out]: [number, string]) =>
          code === 2 && /ECONNREFUSED.*\n  is the address right from here\?/.test(out),
      );
      const wrong = await run(line, { 'gate.yaml': gate.replace('interval: 1m', 'interval: x') });
      expect([wrong.code, wrong.err]).to.deep.equal([
        2,
        'error: AnalysisTemplate/success-rate: Analysis spec invalid: metrics[0]: invalid interval string: time: invalid duration "x"\n',
      ]);
    });
    for (const [words, more, options] of [
      [
        'out of the cluster',
        '',
        {
          objects: [
            {
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: { name: 's', namespace: 'shop' },
              data: { k: 'aHVzaA==' },
            },
          ],
        },
      ],
      ['given as an argument', ' --arg token=hush', {}],
    ] as const) {
      it(`uses a Secret ${words} and shows it nowhere`, async () => {
        const files = { 'gate.yaml': secretGate(server.url) };
        for (const format of ['text', 'json']) {
          const { code, out, err } = await run(
            `analysis run gate.yaml --arg service=web${more} -o ${format}`,
            files,
            options as CliWorldOptions,
          );
          expect([code, err]).to.deep.equal([0, '']);
          expect(server.seen.at(-1)?.headers.authorization).to.equal('Bearer hush');
          expect(out).not.to.contain('hush');
        }
      });
    }
    it('asks for a cluster only when one is needed, and says what for', async () => {
      const offline = await createCliWorld({ files: { 'gate.yaml': gate } });
      await offline.run(`analysis run gate.yaml --arg service=web --prometheus ${server.url}`);
      expect(offline.targets).to.deep.equal([]);
      const world = await createCliWorld({ files: { 'gate.yaml': secretGate(server.url) } });
      const { out } = await world.run('analysis run gate.yaml --arg service=web');
      expect(world.targets).to.have.length(1);
      expect(out).to.contain('secrets "s" not found');
    });
    it('goes through a whole run with --watch', async () => {
      answerWith(0.99, 0.5, 0.5);
      const world = await createCliWorld({ files: { 'gate.yaml': gate } });
      const running = world.start(
        `analysis run gate.yaml --arg service=web --prometheus ${server.url} --watch`,
      );
      const ended: number[] = [];
      void running.done.then((code) => ended.push(code));
      for (let i = 0; i < 300 && ended.length === 0; i += 1) {
        await sleep(5);
        await world.clock.advance(1000);
      }
      expect(ended).to.deep.equal([1]);
      expect(world.out()).to.match(
        /● Successful {2}1 of 10\n.*✕ Failed {2}2 of 10.*✕ Failed {2}3 of 10.*ends.*✕ Failed after 2m\d+/s,
      );
      expect(server.seen).to.have.length(3);
    });
    it('stops a run in order when it is interrupted', async () => {
      const world = await createCliWorld({ files: { 'gate.yaml': gate } });
      const running = world.start(
        `analysis run gate.yaml --arg service=web --prometheus ${server.url} --watch`,
      );
      for (let i = 0; i < 100 && !world.out().includes('1 of 10'); i += 1) await sleep(5);
      running.interrupt();
      expect(await running.done).to.equal(130);
      expect(world.out()).to.contain('Run Terminated');
    });
  });
});
