import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { matchNameRules, type NameRules } from './name-rules.js';
import { done, failed, type Outcome } from '../run-model.js';
import { withoutSecrets } from '../arguments/secrets.js';
import { findSpecProblem } from './spec-problem.js';
import { substituteArgs } from '../arguments/substitute.js';

/** A run that may be measured. */
export interface PreparedRun {
  /** In the order of the spec, arguments put in, but fixed texts for secrets. */
  readonly metrics: readonly Metric[];
  readonly rules: NameRules;
}

/** Everything that may refuse a run before anything is measured; the message is that of its status. */
export function prepareRun({ spec }: AnalysisRun): Outcome<PreparedRun> {
  const args = withoutSecrets(spec.args ?? []);
  const metrics: Metric[] = [];
  for (const metric of spec.metrics) {
    const resolved = substituteArgs(metric, args);
    if (!resolved.ok) return failed(`Unable to resolve metric arguments: ${resolved.message}`);
    metrics.push(resolved.value);
  }
  const problem = findSpecProblem(metrics);
  if (problem !== undefined) return failed(`Analysis spec invalid: ${problem}`);
  const rules = matchNameRules(spec, metrics);
  return rules.ok ? done({ metrics, rules: rules.value }) : failed(`Analysis spec invalid: ${rules.message}`);
}
