import type { MetricProvider } from '#api/argoproj/metric-provider.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { maskOutcome } from '../http/mask.js';
import { readAnswer } from './answer.js';

const secretName = 'wavefront-api-tokens';
const timeoutMs = 30_000;

/** Wavefront (Aria Operations for Applications): the points nearest to now. Its token is found by the address. */
export function createWavefrontSource(deps: MetricSourceDeps): MetricSource {
  const { clock, readSecret } = deps;
  const http = callerOf(deps);
  return {
    id: 'wavefront',
    measure: (request) => {
      // Validated by the CRD's schema.
      const { address = '', query = '' } = request.provider as NonNullable<MetricProvider['wavefront']>;
      return outcomeOf(async (): Promise<MetricOutcome> => {
        const token = ((await readSecret?.(secretName)) ?? {})[address];
        if (token === undefined || token === '') throw new QueryFailure('API token not found');
        const seconds = Math.floor(clock.now() / 1000);
        const ask = async (): Promise<MetricOutcome> =>
          readAnswer(
            await http({
              url: urlOf(address, query, seconds),
              headers: { accept: 'application/json', authorization: `Bearer ${token}` },
              signal: request.signal,
              timeoutMs,
            }),
            seconds,
          );
        return maskOutcome(await outcomeOf(ask, timeoutMs), [token]);
      }, timeoutMs);
    },
  };
}

/** One point of one instant; `i` and `strict` allow points outside of it. */
function urlOf(address: string, query: string, seconds: number): URL {
  const base = address.includes('://') ? address : `https://${address}`;
  if (!URL.canParse(base)) throw new QueryFailure(`the address ${address} is no host name`);
  const url = new URL(`${base.replace(/\/+$/, '')}/api/v2/chart/api`);
  const instant = String(seconds * 1000);
  const parameters = { q: query, s: instant, e: instant, g: 's', p: '1', i: 'true', strict: 'false' };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}
