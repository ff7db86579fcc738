import { statusLine } from './open-subjects.js';
import type { Subject } from './subject.js';
import { noJson, plainRefusal } from './words.js';

const columns = (...list: object[]): string => JSON.stringify({ data: { attributes: { columns: list } } });

const datadogParts = {
  id: 'datadog',
  secrets: (address: string) => ({ datadog: { 'api-key': 'k-secret', 'app-key': 'a-secret', address } }),
  credentials: ['k-secret', 'a-secret'],
  timeoutSeconds: 10,
  refused: (status: number, text: string) =>
    status === 401 || status === 403
      ? `received authentication error response code: ${status} ${text}`
      : `received non 2xx response code: ${status} ${text}`,
  ...noJson('Could not parse JSON body: '),
};

const datadogV1: Subject = {
  ...datadogParts,
  provider: () => ({ apiVersion: 'v1', query: 'avg:a{*}' }),
  healthy: ['{"series":[{"pointlist":[[1,9],[2,0.5]]}]}', { value: '0.5' }],
  odd: [
    ['no series', '{"series":[]}', { value: '[]' }],
    ['null for series', '{"series":null}', { value: 'null' }],
    ['an empty object', '{}', { value: 'null' }],
    ['null', 'null', { value: 'null' }],
    [
      'a series without points',
      '{"series":[{"metric":"m","pointlist":[]}]}',
      { value: '[{"pointlist":[]}]' },
    ],
    [
      'a point of one number',
      '{"series":[{"pointlist":[[1]]}]}',
      { message: 'Datapoint does not have 2 values' },
    ],
    [
      'a point without a value',
      '{"series":[{"pointlist":[[1,null]]}]}',
      { message: 'Datapoint does not have 2 values' },
    ],
    [
      'a point of three numbers',
      '{"series":[{"pointlist":[[1,2,3]]}]}',
      { message: 'Datapoint does not have 2 values' },
    ],
    [
      'NaN, which is no JSON',
      '{"series":[{"pointlist":[[1,NaN]]}]}',
      { message: "Could not parse JSON body: invalid character 'N' looking for beginning of value" },
    ],
    ['a list', '[]', { message: 'Could not parse JSON body: it is no object' }],
  ],
};

const datadogV2: Subject = {
  ...datadogParts,
  provider: () => ({ apiVersion: 'v2', query: 'avg:a{*}' }),
  healthy: [columns({ name: 'query', type: 'number', values: [0.5] }), { value: '0.5' }],
  odd: [
    ['no columns', columns(), { value: '[]' }],
    ['no values', columns({ type: 'number', values: [] }), { value: '[]' }],
    ['only null', columns({ type: 'number', values: [null] }), { value: '[]' }],
    ['groups alone', columns({ type: 'group', values: [['a']] }), { value: '[]' }],
    [
      'errors',
      '{"data":{"errors":"no such metric"}}',
      { message: 'There were errors in your query: no such metric' },
    ],
    [
      'an infinity, which is no JSON',
      '{"data":{"attributes":{"columns":[{"values":[-Infinity]}]}}}',
      { message: "Could not parse JSON body: invalid character 'I' in numeric literal" },
    ],
  ],
};

const rows = (...results: unknown[]): string =>
  JSON.stringify({ data: { actor: { account: { nrql: { results } } } } });

const newRelic: Subject = {
  id: 'newRelic',
  provider: () => ({ query: 'SELECT 1' }),
  secrets: (address) => ({
    newrelic: { 'personal-api-key': 'NRAK-secret', 'account-id': '42', 'base-url-nerdgraph': `${address}/g` },
  }),
  credentials: ['NRAK-secret'],
  timeoutSeconds: 5,
  healthy: [rows({ a: 0.5 }), { value: '{"a":0.5}' }],
  refused: plainRefusal,
  ...noJson(),
  odd: [
    ['no row', rows(), { message: 'no results returned from NRQL query' }],
    ['an empty row', rows({}), { message: 'no results returned from NRQL query' }],
    ['an empty object', '{}', { message: 'no results returned from NRQL query' }],
    ['null', 'null', { message: 'no results returned from NRQL query' }],
    [
      'errors of the query',
      '{"errors":[{"message":"NRQL Syntax Error"},{}]}',
      { message: 'NRQL Syntax Error, unnamed error' },
    ],
    [
      'NaN, which is no JSON',
      '{"data":NaN}',
      { message: "invalid character 'N' looking for beginning of value" },
    ],
  ],
};

const series = (...data: unknown[]): object => ({ data });
const timeseries = (...list: object[]): string => JSON.stringify({ timeseries: list });

const wavefront: Subject = {
  id: 'wavefront',
  provider: (address) => ({ address, query: 'ts(a)' }),
  secrets: (address) => ({ 'wavefront-api-tokens': { [address]: 'wf-secret' } }),
  credentials: ['wf-secret'],
  timeoutSeconds: 30,
  healthy: [timeseries(series([1, 0.5])), { value: '0.50' }],
  refused: plainRefusal,
  ...noJson(),
  odd: [
    ['no series', timeseries(), { message: 'No TimeSeries found in response from Wavefront' }],
    [
      'a series without points',
      timeseries(series()),
      { message: 'No TimeSeries found in response from Wavefront' },
    ],
    ['an empty object', '{}', { message: 'No TimeSeries found in response from Wavefront' }],
    ['NaN as a text', timeseries(series([1, 'NaN']), series([1, '-Infinity'])), { value: '[NaN,-Inf]' }],
    ['a point that is none', timeseries(series([1])), { message: '[1] is no data point' }],
    [
      'a bad query',
      '{"errorType":"QuerySyntaxError","errorMessage":"near b"}',
      { message: 'QuerySyntaxError: near b' },
    ],
  ],
};

const table = (type: string, ...cells: string[]): string =>
  [
    `#datatype,string,long,${type}`,
    '#group,false,false,false',
    '#default,_result,,',
    ',result,table,_value',
    ...cells.map((cell) => `,,0,${cell}`),
    '',
  ].join('\r\n');

const influxdb: Subject = {
  id: 'influxdb',
  provider: () => ({ query: 'from(bucket: "b")' }),
  secrets: (address) => ({ influxdb: { address, authToken: 'ix-secret', org: 'o' } }),
  credentials: ['ix-secret'],
  timeoutSeconds: 30,
  healthy: [table('double', '0.5'), { value: '[0.5]' }],
  refused: (status, text) => `${statusLine(status)}: ${text}`,
  html: { message: 'no results returned from flux query' },
  cut: { message: 'no results returned from flux query' },
  nothing: { message: 'no results returned from flux query' },
  odd: [
    ['no records', table('double'), { message: 'no results returned from flux query' }],
    ['NaN and infinities', table('double', 'NaN', '+Inf', '-Inf'), { value: '[NaN +Inf -Inf]' }],
    ['records without a value', table('double', ''), { value: '[<nil>]' }],
    ['a value that is none', table('double', 'x'), { message: '"x" is no double' }],
    ['no annotations', 'a,b\r\n1,2', { message: 'the answer is no annotated CSV' }],
  ],
};

const metricData = (results: string): string =>
  '<GetMetricDataResponse><GetMetricDataResult><MetricDataResults>' +
  `${results}</MetricDataResults></GetMetricDataResult></GetMetricDataResponse>`;
const values = (...list: string[]): string =>
  `<member><Id>a</Id><Values>${list.map((value) => `<member>${value}</member>`).join('')}</Values></member>`;

const cloudWatch: Subject = {
  id: 'cloudWatch',
  provider: () => ({ metricDataQueries: [{ id: 'a', expression: 'x' }] }),
  env: (address) => ({
    HOME: '/nowhere',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'aws-secret',
    AWS_ENDPOINT_URL_CLOUDWATCH: address,
  }),
  timeoutSeconds: 30,
  healthy: [metricData(values('0.5')), { value: '[[0.5]]' }],
  refused: (status) =>
    `operation error CloudWatch: GetMetricData, https response error StatusCode: ${status}, ` +
    'api error UnknownError: no message',
  html: { message: 'the answer is no XML' },
  cut: { message: 'the answer is no XML' },
  nothing: { message: 'the answer is no XML' },
  odd: [
    ['no result', metricData(''), { value: '[]' }],
    ['a result without values', metricData(values()), { value: '[[]]' }],
    ['NaN and infinities', metricData(values('NaN', 'Infinity')), { value: '[[NaN +Inf]]' }],
    ['a value that is none', metricData(values('x')), { message: '"x" is no value' }],
    ['XML that breaks off', '<GetMetricDataResponse><a>', { message: 'the answer is no XML' }],
    ['another answer', '<html></html>', { message: 'the answer is not that of GetMetricData' }],
  ],
};

/** Sources that use credentials of the controller. */
export const keyedSubjects: readonly Subject[] = [
  datadogV1,
  datadogV2,
  newRelic,
  wavefront,
  influxdb,
  cloudWatch,
];
