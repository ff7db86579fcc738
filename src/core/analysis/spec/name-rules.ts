import type { Metric } from '#api/argoproj/analysis-template.js';
import type { AnalysisRunSpec } from '#api/argoproj/analysis-run.js';
import { isPatternIn } from '#core/expr/run/pattern.js';
import { done, failed, type Outcome } from '../run-model.js';

const defaultRetention = 10;

/** What the rules over metric names say of each metric. */
export interface NameRules {
  /** Names of metrics that decide nothing. */
  readonly dryRun: ReadonlySet<string>;
  /** How many measurements are kept of a metric. */
  retentionOf(metric: string): number;
}

/** Matches the dry-run and retention rules of a run against its metrics; a rule that matches none is an error. */
export function matchNameRules(spec: AnalysisRunSpec, metrics: readonly Metric[]): Outcome<NameRules> {
  const names = metrics.map((metric) => metric.name);
  const dryRun = matchRules('dryRun', spec.dryRun ?? [], names);
  if (!dryRun.ok) return dryRun;
  const retention = matchRules('measurementRetention', spec.measurementRetention ?? [], names);
  if (!retention.ok) return retention;
  const limits = new Map([...retention.value].map(([name, rule]) => [name, rule.limit]));
  return done({
    dryRun: new Set(dryRun.value.keys()),
    retentionOf: (metric) => {
      const limit = limits.get(metric) ?? 0;
      return limit > 0 ? limit : defaultRetention;
    },
  });
}

/** The last rule that matches each name. */
function matchRules<Rule extends { readonly metricName: string }>(
  what: string,
  rules: readonly Rule[],
  names: readonly string[],
): Outcome<ReadonlyMap<string, Rule>> {
  const matched = new Map<string, Rule>();
  for (const [i, rule] of rules.entries()) {
    const hits = names.filter((name) => isPatternIn(rule.metricName, name));
    if (hits.length === 0) return failed(`${what}[${i}]: Rule didn't match any metric name(s)`);
    for (const name of hits) matched.set(name, rule);
  }
  return done(matched);
}
