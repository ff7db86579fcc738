import type { Metric } from '#api/argoproj/analysis-template.js';
import { goDurationError, parseGoDuration } from '#core/time/duration.js';
import { wholeNumber } from './count.js';
import { limitsOf } from './limits.js';

/** The first thing that is wrong with the metrics of a run, arguments already put in. */
export function findSpecProblem(metrics: readonly Metric[]): string | undefined {
  if (metrics.length === 0) return 'no metrics specified';
  const names = metrics.map((metric) => metric.name);
  for (const [i, metric] of metrics.entries()) {
    const problem =
      names.indexOf(metric.name) < i ? `duplicate name '${metric.name}'` : findMetricProblem(metric);
    if (problem !== undefined) return `metrics[${i}]: ${problem}`;
  }
  return undefined;
}

function findMetricProblem(metric: Metric): string | undefined {
  return (
    findLimitProblem(metric) ??
    findCountProblem(metric) ??
    findDurationProblem('interval', metric.interval) ??
    findDurationProblem('startDelay', metric.initialDelay) ??
    findProviderProblem(metric)
  );
}

function findLimitProblem(metric: Metric): string | undefined {
  const { failure, inconclusive, consecutiveError, consecutiveSuccess } = limitsOf(metric);
  if (consecutiveSuccess < 0) return 'consecutiveSuccessLimit must be >= 0';
  if (failure < -1) return 'failureLimit must be >= 0, or -1 to be disabled';
  if (failure === -1 && consecutiveSuccess === 0) {
    return 'failureLimit and consecutiveSuccessLimit cannot both be disabled';
  }
  if (inconclusive < 0) return 'inconclusiveLimit must be >= 0';
  return consecutiveError < 0 ? 'consecutiveErrorLimit must be >= 0' : undefined;
}

function findCountProblem(metric: Metric): string | undefined {
  const count = wholeNumber(metric.count);
  const { failure, inconclusive, consecutiveSuccess } = limitsOf(metric);
  if (count > 0 && failure >= 0 && count < failure + consecutiveSuccess) {
    return `count (${count}) must be >= failureLimit + consecutiveSuccessLimit (${failure} + ${consecutiveSuccess}) if both >= 0`;
  }
  if (count > 0 && failure === -1 && count < consecutiveSuccess) {
    return 'count must be >= consecutiveSuccessLimit';
  }
  if (count > 0 && count < inconclusive) return 'count must be >= inconclusiveLimit';
  const hasInterval = metric.interval !== undefined && metric.interval !== '';
  return count > 1 && !hasInterval ? 'interval must be specified when count > 1' : undefined;
}

function findDurationProblem(what: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '' || parseGoDuration(text) !== undefined) return undefined;
  return `invalid ${what} string: ${goDurationError(text)}`;
}

function findProviderProblem(metric: Metric): string | undefined {
  const given = Object.entries(metric.provider ?? {}).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const count = given.reduce(
    (sum, [id, value]) => sum + (id === 'plugin' ? Object.keys(value ?? {}).length : 1),
    0,
  );
  if (count === 0) return 'no provider specified';
  return count > 1 ? 'multiple providers specified' : undefined;
}

/** The key of the one provider of a valid metric, with its configuration; a plugin's is `plugin.<name>`. */
export function providerOf(metric: Metric): { readonly id: string; readonly config: unknown } {
  const [entry] = Object.entries(metric.provider).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const [id, config] = entry ?? ['', undefined];
  if (id !== 'plugin') return { id, config };
  const [plugin] = Object.entries(metric.provider.plugin ?? {});
  return { id: `plugin.${plugin?.[0] ?? ''}`, config: plugin?.[1] };
}
