import type { MetricProvider } from '#api/argoproj/metric-provider.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { isObject } from '#core/json/json.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { refusalOf } from '../http/backend.js';
import type { HttpAnswer } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { maskOutcome } from '../http/mask.js';
import { toGoJson } from '../web/json-text.js';
import { readProfile, type Profile } from './profile.js';

type NewRelicMetric = NonNullable<MetricProvider['newRelic']>;

const defaultProfile = 'newrelic';
const defaultTimeoutSeconds = 5;
const question =
  'query ($query: Nrql!, $accountId: Int!, $timeout: Seconds!) ' +
  '{ actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results } } } }';

/** New Relic: NRQL through NerdGraph. One row is a map, several are a list of maps. */
export function createNewRelicSource(deps: MetricSourceDeps): MetricSource {
  const http = callerOf(deps);
  return {
    id: 'newRelic',
    describe: (provider) => {
      const { query } = configOf(provider);
      return query === '' ? {} : { ResolvedNewRelicQuery: query };
    },
    measure: (request) => {
      const config = configOf(request.provider);
      const timeout = config.timeout || defaultTimeoutSeconds;
      return outcomeOf(async (): Promise<MetricOutcome> => {
        if (timeout < 0) throw new QueryFailure('newrelic timeout should not be negative');
        const profile = readProfile((await deps.readSecret?.(config.profile || defaultProfile)) ?? {});
        const ask = async (): Promise<MetricOutcome> =>
          readRows(await http({ ...callOf(profile, config.query, timeout), signal: request.signal }));
        return maskOutcome(await outcomeOf(ask, timeout * 1000), [profile.apiKey]);
      }, 0);
    },
  };
}

function configOf(provider: unknown): NewRelicMetric {
  return provider as NewRelicMetric; // validated by the CRD's schema
}

function callOf({ url, apiKey, accountId }: Profile, query: string, timeout: number) {
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'api-key': apiKey },
    body: JSON.stringify({ query: question, variables: { accountId, query, timeout } }),
    timeoutMs: timeout * 1000,
  } as const;
}

function readRows(answer: HttpAnswer): MetricOutcome {
  const { status, text } = answer;
  if (status < 200 || status > 299) throw new QueryFailure(refusalOf(answer, text));
  const body = readJson(text);
  const problems = objectsAt(body, 'errors').map((error) => textAt(error, 'message') ?? 'unnamed error');
  if (problems.length > 0) throw new QueryFailure(problems.join(', '));
  const account = objectAt(objectAt(objectAt(body, 'data'), 'actor'), 'account');
  const rows = objectsAt(objectAt(account, 'nrql'), 'results');
  const [first] = rows;
  if (first === undefined || (rows.length === 1 && isObject(first) && Object.keys(first).length === 0)) {
    throw new QueryFailure('no results returned from NRQL query');
  }
  const result = rows.length === 1 ? first : rows;
  return { kind: 'value', result, value: toGoJson(result) };
}
