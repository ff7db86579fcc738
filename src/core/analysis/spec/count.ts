import type { IntOrString } from '#api/k8s/meta.js';
import type { Metric } from '#api/argoproj/analysis-template.js';

/** A whole number from an int-or-string field: text that is no decimal number counts as 0, absence as `fallback`. */
export function wholeNumber(value: IntOrString | undefined, fallback = 0): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number') return value;
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
}

/** How many measurements that are no errors a metric wants; `undefined` when it runs until something ends it. */
export function effectiveCount(metric: Pick<Metric, 'count' | 'interval'>): number | undefined {
  const count = wholeNumber(metric.count);
  if (count !== 0) return count;
  return metric.interval === undefined || metric.interval === '' ? 1 : undefined;
}
