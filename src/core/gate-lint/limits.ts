import type { Argument, Metric } from '#api/argoproj/analysis-template.js';
import { effectiveCount, wholeNumber } from '#core/analysis/spec/count.js';
import { limitsOf } from '#core/analysis/spec/limits.js';
import { findSpecProblem } from '#core/analysis/spec/spec-problem.js';
import { isComparison } from '#core/comparison/going.js';
import { parseGoDuration } from '#core/time/duration.js';
import { dependsOn, openNames } from './arguments.js';
import type { Level, Remark } from './remark.js';

/** Rules over counts, limits and times: what a run is refused for, and what is mostly not meant. */
export function findLimitProblems(
  written: Metric,
  metric: Metric,
  path: string,
  args: readonly Argument[],
): readonly Remark[] {
  const known = withoutOpen(written, metric, openNames(args));
  const refused = findSpecProblem([known])?.replace(/^metrics\[0\]: /, '');
  if (refused !== undefined) {
    return [{ level: 'error', rule: 'spec', path: `${path}${fieldOf(refused)}`, message: refused }];
  }
  return findTraps(known, path);
}

/** What the caller decides is taken for harmless. */
function withoutOpen(written: Metric, metric: Metric, open: ReadonlySet<string>): Metric {
  const keep = <F extends keyof Metric>(field: F, fallback: string | undefined): Partial<Metric> =>
    dependsOn(written[field], open)
      ? fallback === undefined
        ? {}
        : { [field]: fallback }
      : metric[field] === undefined
        ? {}
        : { [field]: metric[field] };
  const { name, provider } = metric;
  return {
    name,
    provider,
    ...keep('interval', '1m'),
    ...keep('initialDelay', undefined),
    ...keep('count', undefined),
    ...keep('successCondition', undefined),
    ...keep('failureCondition', undefined),
    ...keep('failureLimit', '0'),
    ...keep('inconclusiveLimit', '0'),
    ...keep('consecutiveErrorLimit', undefined),
    ...keep('consecutiveSuccessLimit', '1'),
  };
}

const fields: readonly (readonly [RegExp, string])[] = [
  [/^duplicate name/, '.name'],
  [/^invalid interval/, '.interval'],
  [/^invalid startDelay/, '.initialDelay'],
  [/^count|^interval must be specified/, '.count'],
  [/^(failureLimit|inconclusiveLimit|consecutiveErrorLimit|consecutiveSuccessLimit)/, ''],
  [/provider/, '.provider'],
];

/** The field that a message of the spec is about. */
function fieldOf(message: string): string {
  const named = /^(failureLimit|inconclusiveLimit|consecutiveErrorLimit|consecutiveSuccessLimit)/.exec(
    message,
  );
  if (named !== null) return `.${named[1] ?? ''}`;
  return fields.find(([pattern]) => pattern.test(message))?.[1] ?? '';
}

function findTraps(metric: Metric, path: string): readonly Remark[] {
  const found: Remark[] = [];
  const add = (level: Level, rule: string, field: string, message: string): void => {
    found.push({ level, rule, path: field === '' ? path : `${path}.${field}`, message });
  };
  const limits = limitsOf(metric);
  const count = effectiveCount(metric);
  const conditions = [metric.successCondition, metric.failureCondition].filter(Boolean).length;
  for (const field of numeric) {
    const value = metric[field];
    if (typeof value !== 'string' || /^[+-]?\d+$/.test(value)) continue;
    add('warning', 'not-a-number', field, `"${value}" is no whole number and counts as 0`);
  }
  const intervalMs = parseGoDuration(metric.interval ?? '');
  if (intervalMs !== undefined && intervalMs < 0) {
    add('warning', 'negative-interval', 'interval', 'is negative: it is measured again at once');
  }
  if (count === undefined) {
    const text = 'has no count: it runs until it is stopped, which only an analysis beside the steps allows';
    add('note', 'without-end', '', text);
  }
  if (count !== undefined && limits.failure >= count && wholeNumber(metric.failureLimit) > 0) {
    const text = `every one of ${count} measurements may fail and it is still Successful`;
    add('warning', 'failure-limit', 'failureLimit', text);
  }
  if (count !== undefined && count > 1 && metric.failureLimit === undefined && !isComparison(metric)) {
    const text = `has no failureLimit: one failed measurement of ${count} ends the run; say failureLimit: 0 if so`;
    add('warning', 'failure-limit-unset', '', text);
  }
  if (limits.consecutiveSuccess > 1 && limits.failure === 0) {
    const text =
      'never matters: the first failure ends the metric; failureLimit: -1 lets a failure begin the row anew';
    add('warning', 'row-of-successes', 'consecutiveSuccessLimit', text);
  }
  if (limits.inconclusive > 0 && conditions === 1) {
    const text = 'has no effect: with one condition a value is never inconclusive';
    add('warning', 'inconclusive-limit', 'inconclusiveLimit', text);
  }
  return found;
}

const numeric = [
  'count',
  'failureLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessLimit',
] as const;
