import type { ElasticsearchMetric } from '#api/argoproj/metric-provider.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { MetricSource } from '#ports/metric-source.js';
import { AwsIdentities } from '../aws/identity.js';
import { signRequest } from '../aws/sign.js';
import type { MetricSourceDeps } from '../deps.js';
import { reachBackend, refusalOf, timeoutMsOf } from '../http/backend.js';
import type { HttpAnswer } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { OAuth2Tokens } from '../http/oauth2.js';
import { parseJsonPath } from '../web/json-path/json-path.js';
import { readSearch } from './answer.js';

/** The number of documents that match. */
const defaultPath = '{$.hits.total.value}';

/** Elasticsearch and OpenSearch: one search, and what a JSONPath finds in its answer. */
export function createElasticsearchSource(deps: MetricSourceDeps): MetricSource {
  const { clock, env } = deps;
  const http = callerOf(deps);
  const tokens = new OAuth2Tokens(clock, http);
  const identities = new AwsIdentities({ clock, env, http });
  const sign = async (config: ElasticsearchMetric, url: URL, body: string, signal: AbortSignal) => {
    const sigv4 = config.authentication?.sigv4;
    if (!Object.values(sigv4 ?? {}).some((value) => value !== '')) return {};
    const { credentials, region } = await identities.find(sigv4 ?? {}, signal);
    if (region === '') throw new QueryFailure('region not configured in sigv4 or in AWS_REGION');
    const scope = { credentials, region, service: 'es', now: clock.now() };
    return signRequest({ method: 'POST', url, headers: jsonHeaders, body }, scope);
  };
  return {
    id: 'elasticsearch',
    describe: (provider) => {
      const { query = '' } = provider as ElasticsearchMetric; // validated by the CRD's schema
      return query === '' ? {} : { ResolvedElasticsearchQuery: query };
    },
    measure: ({ provider, signal }) => {
      const config = provider as ElasticsearchMetric; // validated by the CRD's schema
      return outcomeOf(async () => {
        const path = parseJsonPath(config.jsonPath || defaultPath);
        const body = JSON.stringify(bodyOf(config));
        const { address, headers, ...backend } = await reachBackend('elasticsearch', config, {
          tokens,
          signal,
        });
        const url = new URL(`${address}${indexPath(config)}/_search`);
        const signature = await sign(config, url, body, signal);
        const all = { ...headers, ...jsonHeaders, ...signature };
        const answer = await http({ ...backend, method: 'POST', url, headers: all, body, signal });
        if (answer.status === 401) tokens.forget(config.authentication?.oauth2);
        if (answer.status !== 200) throw new QueryFailure(refusalOf(answer, reasonOf(answer)));
        return readSearch(path, readJson(answer.text));
      }, timeoutMsOf(config));
    },
  };
}

const jsonHeaders = { 'content-type': 'application/json' };

/** An index, several with commas between them, or all. */
function indexPath({ index = '' }: ElasticsearchMetric): string {
  return index === '' ? '' : `/${index.split(',').map(encodeURIComponent).join(',')}`;
}

function bodyOf({ query = '', body }: ElasticsearchMetric): object {
  if (query !== '' && body !== undefined) throw new QueryFailure('use either query or body, not both');
  if (query !== '') return { size: 0, track_total_hits: true, query: { query_string: { query } } };
  if (!isObject(body)) throw new QueryFailure('elasticsearch needs a query, or a search request as body');
  return body;
}

function reasonOf({ text }: HttpAnswer): string {
  if (!text.trimStart().startsWith('{')) return text;
  const body = readJson(text);
  return textAt(objectAt(body, 'error'), 'reason') ?? textAt(body, 'error') ?? textAt(body, 'message') ?? '';
}
