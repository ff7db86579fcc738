import { STATUS_CODES } from 'node:http';
import type { MetricProvider } from '#api/argoproj/metric-provider.js';
import { textAt } from '#core/json/read.js';
import { formatValue } from '#core/expr/values/format.js';
import { toValue } from '#core/expr/values/value.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import type { HttpAnswer } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { maskOutcome } from '../http/mask.js';
import { readFluxValues } from './flux-csv.js';

type InfluxDbMetric = NonNullable<MetricProvider['influxdb']>;

const defaultProfile = 'influxdb';
const timeoutMs = 30_000;
const maxShownCharacters = 500;

/** InfluxDB 2: the values of all records that a Flux query gives. */
export function createInfluxDbSource(deps: MetricSourceDeps): MetricSource {
  const http = callerOf(deps);
  return {
    id: 'influxdb',
    measure: ({ provider, signal }) =>
      outcomeOf(async (): Promise<MetricOutcome> => {
        const { profile, query = '' } = provider as InfluxDbMetric; // validated by the CRD's schema
        const {
          address = '',
          authToken = '',
          org = '',
        } = (await deps.readSecret?.(profile || defaultProfile)) ?? {};
        if (address === '' || authToken === '' || org === '') {
          throw new QueryFailure('authToken, org, or address not found');
        }
        const ask = async (): Promise<MetricOutcome> =>
          readAnswer(
            await http({
              url: `${address.replace(/\/+$/, '')}/api/v2/query?org=${encodeURIComponent(org)}`,
              method: 'POST',
              headers: { authorization: `Token ${authToken}`, 'content-type': 'application/json' },
              body: JSON.stringify({ query, type: 'flux', dialect }),
              signal,
              timeoutMs,
            }),
          );
        return maskOutcome(await outcomeOf(ask, timeoutMs), [authToken]);
      }, timeoutMs),
  };
}

/** With annotations, so that every value says its type. */
const dialect = { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true };

function readAnswer(answer: HttpAnswer): MetricOutcome {
  if (answer.status < 200 || answer.status > 299) throw new QueryFailure(problemOf(answer));
  const values = readFluxValues(answer.text);
  if (values.length === 0) throw new QueryFailure('no results returned from flux query');
  return { kind: 'value', result: values, value: formatValue(toValue(values)) };
}

const wordless: Readonly<Record<number, string>> = {
  429: 'too many requests: exceeded rate limit',
  503: 'unavailable: service temporarily unavailable',
};

/** What InfluxDB says of itself, else what its status says. */
function problemOf({ status, text }: HttpAnswer): string {
  const body = text.trimStart().startsWith('{') ? readJson(text) : undefined;
  const code = textAt(body, 'code') ?? '';
  const message = textAt(body, 'message') ?? textAt(body, 'error') ?? '';
  if (code !== '' || message !== '') return `${code}: ${message}`;
  const said = body === undefined ? text.trim().slice(0, maxShownCharacters) : '';
  return (said === '' ? wordless[status] : undefined) ?? `${status} ${STATUS_CODES[status] ?? ''}: ${said}`;
}
