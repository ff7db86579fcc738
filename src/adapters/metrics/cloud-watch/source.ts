import { formatValue } from '#core/expr/values/format.js';
import { toValue } from '#core/expr/values/value.js';
import { goDurationError, parseGoDuration } from '#core/time/duration.js';
import { addMs } from '#core/time/instant.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import { awsDomain, AwsIdentities } from '../aws/identity.js';
import { signRequest, type SigningScope } from '../aws/sign.js';
import { awsProblem } from '../aws/sts.js';
import type { MetricSourceDeps } from '../deps.js';
import type { CallHttp } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readMetricData, type MetricData } from './answer.js';
import { formOf, type CloudWatchMetric } from './form.js';

const defaultInterval = '5m';
const timeoutMs = 30_000;
const maxPages = 20;

/** Amazon CloudWatch: GetMetricData, with the credentials that the controller has. */
export function createCloudWatchSource(deps: MetricSourceDeps): MetricSource {
  const { clock, env } = deps;
  const http = callerOf(deps);
  const identities = new AwsIdentities({ clock, env, http });
  return {
    id: 'cloudWatch',
    measure: ({ provider, signal }) =>
      outcomeOf(async (): Promise<MetricOutcome> => {
        const config = provider as CloudWatchMetric; // validated by the CRD's schema
        const end = clock.now();
        const form = formOf(config, addMs(end, -windowOf(config)), end);
        const { credentials, region } = await identities.find({}, signal);
        const endpoint = endpointOf(env, region);
        const scope = { credentials, region: region || 'us-east-1', service: 'monitoring', now: end };
        return outcomeOfData(await askAll({ http, endpoint, scope, signal }, form));
      }, timeoutMs),
  };
}

function windowOf({ interval }: CloudWatchMetric): number {
  const text = interval || defaultInterval;
  const ms = parseGoDuration(text);
  if (ms === undefined) throw new QueryFailure(goDurationError(text));
  return ms;
}

function endpointOf(env: MetricSourceDeps['env'], region: string): URL {
  const given = env['AWS_ENDPOINT_URL_CLOUDWATCH'] || env['AWS_ENDPOINT_URL'];
  if (given !== undefined && given !== '') return new URL(given);
  if (region === '') throw new QueryFailure('Invalid Configuration: Missing Region');
  return new URL(`https://monitoring.${region}.${awsDomain(region)}`);
}

interface Ask {
  readonly http: CallHttp;
  readonly endpoint: URL;
  readonly scope: SigningScope;
  readonly signal: AbortSignal;
}

/** Every page of the answer; values of one query that come on several pages are joined. */
async function askAll(ask: Ask, form: URLSearchParams): Promise<MetricData> {
  let data = await askPage(ask, form);
  for (let page = 1; data.nextToken !== undefined; page += 1) {
    if (page === maxPages) throw new QueryFailure(`the answer has more than ${maxPages} pages`);
    form.set('NextToken', data.nextToken);
    data = joined(data, await askPage(ask, form));
  }
  return data;
}

function joined(before: MetricData, after: MetricData): MetricData {
  const more = (id: string) => after.results.find((result) => result.Id === id);
  const known = new Set(before.results.map(({ Id }) => Id));
  return {
    messages: [...before.messages, ...after.messages],
    nextToken: after.nextToken,
    results: [
      ...before.results.map((result) => {
        const next = more(result.Id);
        if (next === undefined) return result;
        const { StatusCode, Messages } = next;
        return {
          ...result,
          StatusCode,
          Timestamps: [...result.Timestamps, ...next.Timestamps],
          Values: Float64Array.from([...result.Values, ...next.Values]),
          Messages: [...result.Messages, ...Messages],
        };
      }),
      ...after.results.filter(({ Id }) => !known.has(Id)),
    ],
  };
}

async function askPage({ http, endpoint, scope, signal }: Ask, form: URLSearchParams): Promise<MetricData> {
  const body = form.toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const signature = signRequest({ method: 'POST', url: endpoint, headers, body }, scope);
  const call = { url: endpoint, method: 'POST', headers: { ...headers, ...signature }, body } as const;
  const { status, text } = await http({ ...call, signal, timeoutMs });
  if (status !== 200) {
    throw new QueryFailure(`operation error CloudWatch: GetMetricData, ${awsProblem(status, text)}`);
  }
  return readMetricData(text);
}

function outcomeOfData({ results, messages }: MetricData): MetricOutcome {
  const said = messages.map(({ Code, Value }) => `{Code:${Code} Value:${Value}}`).join(' ');
  return {
    kind: 'value',
    result: results,
    value: formatValue(toValue(results.map(({ Values }) => Values))),
    keepsValue: true,
    ...(said === '' ? {} : { metadata: { messages: `[${said}]` } }),
  };
}
