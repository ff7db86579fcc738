import { expect } from 'chai';
import type { MetricOutcome } from '#ports/metric-source.js';
import { judgeMeasurement } from '#core/analysis/judge/judge.js';
import { instantOf } from '#core/time/instant.js';
import { expectSigned } from '#test/fakes/aws-signature.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createCloudWatchSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const clock = { now: () => now, schedule: () => () => undefined };

const list = (name: string, items: readonly string[]) =>
  `<${name}>${items.map((item) => `<member>${item}</member>`).join('')}</${name}>`;
const result = (id: string, values: readonly string[]) =>
  `<Id>${id}</Id><Label>a &lt; b</Label><StatusCode>Complete</StatusCode>` +
  list(
    'Timestamps',
    values.map(() => '2025-12-31T23:59:00Z'),
  ) +
  list('Values', values);
const answerOf = (results: readonly string[], rest = '') =>
  `<?xml version="1.0"?>
<GetMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">
  <GetMetricDataResult>${list('MetricDataResults', results)}${rest}</GetMetricDataResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</GetMetricDataResponse>`;

describe('cloudWatch source', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const metricDataQueries = [
    { id: 'rate', expression: 'a / b', returnData: true, label: 'rate' },
    {
      id: 'a',
      metricStat: {
        metric: {
          namespace: 'App',
          metricName: 'errors',
          dimensions: [{ name: 'service', value: 'shop' }],
        },
        period: '300',
        stat: 'Sum',
        unit: '',
      },
      period: 60,
      returnData: false,
    },
  ];
  const env = () => ({
    HOME: '/nowhere',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_CLOUDWATCH: server.url,
  });
  const query = (
    rest: object = {},
    extra: Record<string, string> = {},
    signal = new AbortController().signal,
  ): Promise<MetricOutcome> =>
    createCloudWatchSource({ clock, env: { ...env(), ...extra } }).measure(
      metricRequest('cloudWatch', { metricDataQueries, ...rest }, { signal }),
    );
  const answering = (status: number, body: string): void => {
    server.answer = (_, response) => {
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(body);
    };
  };
  const message = async (...given: Parameters<typeof query>) => {
    const outcome = await query(...given);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };

  it('sends the queries signed, over the last five minutes', async () => {
    answering(200, answerOf([result('rate', ['0.5'])]));
    await query();
    const { body = '', method } = server.seen[0] ?? {};
    expect(method).to.equal('POST');
    expect(Object.fromEntries(new URLSearchParams(body))).to.deep.equal({
      Action: 'GetMetricData',
      Version: '2010-08-01',
      StartTime: '2025-12-31T23:55:00Z',
      EndTime: '2026-01-01T00:00:00Z',
      'MetricDataQueries.member.1.Id': 'rate',
      'MetricDataQueries.member.1.Expression': 'a / b',
      'MetricDataQueries.member.1.Label': 'rate',
      'MetricDataQueries.member.1.ReturnData': 'true',
      'MetricDataQueries.member.2.Id': 'a',
      'MetricDataQueries.member.2.MetricStat.Metric.Namespace': 'App',
      'MetricDataQueries.member.2.MetricStat.Metric.MetricName': 'errors',
      'MetricDataQueries.member.2.MetricStat.Metric.Dimensions.member.1.Name': 'service',
      'MetricDataQueries.member.2.MetricStat.Metric.Dimensions.member.1.Value': 'shop',
      'MetricDataQueries.member.2.MetricStat.Period': '300',
      'MetricDataQueries.member.2.MetricStat.Stat': 'Sum',
      'MetricDataQueries.member.2.Period': '60',
      'MetricDataQueries.member.2.ReturnData': 'false',
    });
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
    expectSigned(server.seen[0], server.url, {
      credentials,
      region: 'eu-central-1',
      service: 'monitoring',
      now,
    });
    await query({ interval: '30m' });
    expect(new URLSearchParams(server.seen[1]?.body).get('StartTime')).to.equal('2025-12-31T23:30:00Z');
  });

  it('gives conditions the results by their names, and prints their numbers', async () => {
    answering(200, answerOf([result('rate', ['0.1', '0.2']), result('a', ['3.0']), result('b', [])]));
    const outcome = await query();
    expect(outcome).to.deep.include({ kind: 'value', value: '[[0.1 0.2] [3] []]' });
    const judge = (successCondition: string) =>
      judgeMeasurement({ name: 'm', successCondition, provider: {} }, outcome, {
        startedAt: now,
        finishedAt: now,
      });
    expect(judge('result[0].Values[1] == 0.2 && result[1].Values[0] > 2').phase).to.equal('Successful');
    expect(judge('result[0].Label == "a < b" && result[0].StatusCode == "Complete"').phase).to.equal(
      'Successful',
    );
    expect(judge('result[0].Timestamps[0].Year() == 2025').phase).to.equal('Successful');
    expect(judge('all(result[0].Values, {# < 0.15})').phase).to.equal('Failed');
    expect(judge('result[7].Values[0] > 1')).to.deep.include({ phase: 'Error', value: '[[0.1 0.2] [3] []]' });
  });

  it('keeps what CloudWatch says, and gives an empty list for no result', async () => {
    const said = list('Messages', ['<Code>ArithmeticError</Code><Value>by zero</Value>']);
    answering(200, answerOf([], said));
    expect(await query()).to.deep.equal({
      kind: 'value',
      result: [],
      value: '[]',
      keepsValue: true,
      metadata: { messages: '[{Code:ArithmeticError Value:by zero}]' },
    });
  });

  it('joins the pages of an answer', async () => {
    server.answer = (seen, response) => {
      const isSecond = new URLSearchParams(seen.body).get('NextToken') === 'more';
      response.end(
        isSecond
          ? answerOf([result('rate', ['3']), result('late', ['4'])])
          : answerOf([result('rate', ['1'])], '<NextToken>more</NextToken>'),
      );
    };
    expect(await query()).to.deep.include({ value: '[[1 3] [4]]' });
  });

  const refusal = (code: string, text: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error></ErrorResponse>`;
  const failures: readonly (readonly [string, number, string, string])[] = [
    [
      'no right',
      403,
      refusal('AccessDenied', 'not yours'),
      'operation error CloudWatch: GetMetricData, https response error StatusCode: 403, api error AccessDenied: not yours',
    ],
    [
      'too many requests',
      429,
      refusal('Throttling', 'Rate exceeded'),
      'operation error CloudWatch: GetMetricData, https response error StatusCode: 429, api error Throttling: Rate exceeded',
    ],
  ];
  for (const [what, status, body, text] of failures) {
    it(`makes an error of ${what}`, async () => {
      answering(status, body);
      expect(await message()).to.equal(text);
    });
  }

  it('says when the interval is none, or when region or credentials are missing', async () => {
    expect(await message({ interval: '5' })).to.equal('time: missing unit in duration "5"');
    expect(await message({}, { AWS_REGION: '', AWS_ENDPOINT_URL_CLOUDWATCH: '' })).to.equal(
      'Invalid Configuration: Missing Region',
    );
    expect(await message({}, { AWS_ACCESS_KEY_ID: '', AWS_EC2_METADATA_DISABLED: 'true' })).to.equal(
      'no AWS credentials were found',
    );
  });
});
