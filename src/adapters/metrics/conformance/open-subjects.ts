import { STATUS_CODES } from 'node:http';
import type { Subject } from './subject.js';
import { noJson, plainRefusal, sampled, sampledOddities } from './words.js';

const prometheus: Subject = {
  id: 'prometheus',
  provider: (address) => ({ address, query: 'up' }),
  timeoutSeconds: 30,
  healthy: [sampled('vector', [{ value: [1, '0.5'] }]), { value: '[0.5]' }],
  refused: (status) => {
    if (status >= 500) return `server_error: server error: ${status}`;
    // With 400 Prometheus says itself what is wrong, as JSON, which the text is not.
    return status === 400
      ? "bad_response: invalid character 'o' in literal null (expecting 'u')"
      : `client_error: client error: ${status}`;
  },
  ...noJson('bad_response: '),
  odd: [
    ...sampledOddities,
    ['a text', sampled('string', [1, 'x']), { message: 'Prometheus metric type not supported' }],
    [
      'an error behind status 200',
      '{"status":"error","errorType":"execution","error":"too many samples"}',
      { message: 'execution: too many samples' },
    ],
    ['another answer', '{}', { message: 'bad_response: the answer is not that of a Prometheus query' }],
    [
      'a native histogram',
      sampled('vector', [{ histogram: [1, { count: '3' }] }]),
      { message: 'native histograms are not supported' },
    ],
  ],
};

const loki: Subject = {
  id: 'loki',
  provider: (address) => ({ address, query: 'count_over_time({app="a"}[1m])' }),
  timeoutSeconds: 30,
  healthy: [sampled('vector', [{ value: [1, '0.5'] }]), { value: '[0.5]' }],
  refused: plainRefusal,
  ...noJson(),
  odd: [
    ...sampledOddities,
    [
      'log lines',
      sampled('streams', []),
      {
        message: 'the query gives log lines, not numbers: count them, for instance with count_over_time',
      },
    ],
    ['another answer', '{}', { message: 'the answer is not that of a Loki query' }],
  ],
};

const web: Subject = {
  id: 'web',
  provider: (address) => ({ url: `${address}/ratio`, jsonPath: '{.a}' }),
  timeoutSeconds: 10,
  healthy: ['{"a":0.5}', { value: '0.5' }],
  refused: (status) => `received non 2xx response code: ${status}`,
  html: { value: '<html>' },
  cut: { value: '{"a":' },
  nothing: { value: '' },
  odd: [
    ['null', '{"a":null}', { value: 'null' }],
    ['NaN, which is text', 'NaN', { value: 'NaN' }],
    ['a number that no float holds, which is text', '{"a":1e400}', { value: '{"a":1e400}' }],
    ['no key', '{}', { message: 'Could not find JSONPath in body: a is not found' }],
  ],
};

const graphite: Subject = {
  id: 'graphite',
  provider: (address) => ({ address, query: 'target=a' }),
  timeoutSeconds: 10,
  healthy: ['[{"datapoints":[[0.5,1]]}]', { value: '[0.500000]' }],
  refused: (_, text) => `error response: ${text}`,
  ...noJson(),
  odd: [
    ['no target', '[]', { message: 'no values found' }],
    ['no points', '[{"target":"a","datapoints":[]}]', { message: 'no values found' }],
    ['null', 'null', { message: 'no values found' }],
    ['only points without a value', '[{"datapoints":[[null,1]]}]', { value: '[]' }],
    ['NaN as a text', '[{"datapoints":[["NaN",1],["Inf",2]]}]', { value: '[NaN,+Inf]' }],
    [
      'NaN, which is no JSON',
      '[{"datapoints":[[NaN,1]]}]',
      { message: "invalid character 'N' looking for beginning of value" },
    ],
    [
      'what Graphite writes for an infinity',
      '[{"datapoints":[[1e9999,1]]}]',
      { message: 'json: cannot unmarshal number 1e9999 into Go value of type float64' },
    ],
    ['another answer', '{}', { message: 'the answer is no list of targets' }],
  ],
};

const skywalking: Subject = {
  id: 'skywalking',
  provider: (address) => ({ address, query: 'query($duration: Duration!) { a }', interval: '5m' }),
  timeoutSeconds: 30,
  healthy: ['{"data":{"a":0.5}}', { value: '{"a":0.5}' }],
  refused: (status) => `graphql: server returned a non-200 status code: ${status}`,
  ...noJson('decoding response: '),
  odd: [
    ['no data', '{"data":null}', { message: 'no results returned from SkyWalking query' }],
    ['an empty object', '{}', { message: 'no results returned from SkyWalking query' }],
    ['null', 'null', { message: 'no results returned from SkyWalking query' }],
    ['an error of the query', '{"errors":[{"message":"bad field"}]}', { message: 'graphql: bad field' }],
    [
      'NaN, which is no JSON',
      '{"data":{"a":NaN}}',
      { message: "decoding response: invalid character 'N' looking for beginning of value" },
    ],
  ],
};

const search = (rest: object): string => JSON.stringify({ _shards: { total: 1, failed: 0 }, ...rest });

const elasticsearch: Subject = {
  id: 'elasticsearch',
  provider: (address) => ({ address, query: 'status:500', jsonPath: '{.aggregations.a.value}' }),
  timeoutSeconds: 30,
  healthy: [search({ aggregations: { a: { value: 0.5 } } }), { value: '0.5' }],
  refused: plainRefusal,
  ...noJson(),
  odd: [
    ['null', search({ aggregations: { a: { value: null } } }), { value: 'null' }],
    ['NaN as a text', search({ aggregations: { a: { value: 'NaN' } } }), { value: 'NaN' }],
    ['an infinity as a text', search({ aggregations: { a: { value: '-Infinity' } } }), { value: '-Inf' }],
    [
      'no value',
      search({}),
      { message: 'the JSONPath finds no value in the answer: aggregations is not found' },
    ],
    ['another answer', '{}', { message: 'the answer is not that of a search' }],
  ],
};

const kayenta: Subject = {
  id: 'kayenta',
  provider: (address) => ({
    address,
    application: 'shop',
    canaryConfigName: 'config',
    metricsAccountName: 'm',
    configurationAccountName: 'c',
    storageAccountName: 's',
    threshold: { pass: 90, marginal: 75 },
    scopes: [],
  }),
  timeoutSeconds: 15,
  healthy: [
    (path) =>
      path.startsWith('/canaryConfig') ? '[{"id":"c1","name":"config"}]' : '{"canaryExecutionId":"x1"}',
    { isRunning: true },
  ],
  refused: (status) => `Invalid Response: HTTP ${status}`,
  ...noJson(),
  odd: [
    ['no config', '[]', { message: 'Canary config not found' }],
    ['null', 'null', { message: 'Canary config not found' }],
    ['another answer', '{}', { message: 'the answer is no list of canary configs' }],
  ],
};

/** The status line of InfluxDB and the like. */
export const statusLine = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`;

/** Sources that need no credentials of the controller. */
export const openSubjects: readonly Subject[] = [
  prometheus,
  loki,
  web,
  graphite,
  skywalking,
  elasticsearch,
  kayenta,
];
