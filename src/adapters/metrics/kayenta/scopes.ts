import type { Metric } from '#api/argoproj/analysis-template.js';
import type { KayentaMetric } from '#api/argoproj/metric-provider.js';
import { goDurationError, parseGoDuration } from '#core/time/duration.js';
import { addMs, formatInstant, type Instant } from '#core/time/instant.js';
import { QueryFailure } from '../http/failure.js';

type Scope = KayentaMetric['scopes'][number];

/**
 * What a canary analysis is asked for; Kayenta calls a region a location. Scopes without start and end are of the last interval of the metric, or with
 * `lookback` of all the time since the run began. Throws QueryFailure.
 */
export function bodyOf(
  { interval = '' }: Metric,
  { scopes, threshold, lookback = false }: KayentaMetric,
  runStartedAt: string | undefined,
  now: Instant,
): object {
  const startOf = (): string => {
    if (lookback) return runStartedAt ?? formatInstant(now);
    const ms = parseGoDuration(interval);
    if (ms === undefined) {
      throw new QueryFailure(`Invalid duration ${JSON.stringify(interval)}: ${goDurationError(interval)}`);
    }
    return formatInstant(addMs(now, -ms));
  };
  const entries = scopes.map((scope) => [scope.name, withTimes(scope, startOf, formatInstant(now))] as const);
  return {
    scopes: Object.fromEntries(entries),
    thresholds: { pass: threshold.pass, marginal: threshold.marginal },
  };
}

function withTimes({ controlScope, experimentScope }: Scope, startOf: () => string, end: string): object {
  for (const field of ['start', 'end'] as const) {
    if (isEmpty(controlScope[field]) !== isEmpty(experimentScope[field])) {
      throw new QueryFailure(
        `controlScope.${field} and experimentScope.${field} must both be set or be empty`,
      );
    }
  }
  const start = isEmpty(controlScope.start) ? startOf() : undefined;
  const filled = ({ scope, region, step, ...given }: Scope['controlScope']) => ({
    scope,
    location: region,
    step,
    start: start ?? given.start,
    end: isEmpty(given.end) ? end : given.end,
  });
  return { controlScope: filled(controlScope), experimentScope: filled(experimentScope) };
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === '';
}
