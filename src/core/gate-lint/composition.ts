import type { AnalysisTemplateSpec, Metric } from '#api/argoproj/analysis-template.js';
import type { AnalysisTemplateRef } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { matchNameRules } from '#core/analysis/spec/name-rules.js';
import { flattenTemplates, type FlatTemplates } from '#core/analysis/templates/flatten.js';
import { mergeTemplates } from '#core/analysis/templates/merge.js';
import type { GateFiles } from '#core/gate-trial/gate.js';
import { isPatternIn } from '#core/expr/run/pattern.js';
import type { Remark } from './remark.js';

/** A template among the others that were given. */
export interface Composed {
  readonly kind: string;
  readonly name: string;
  readonly spec: AnalysisTemplateSpec;
}

/** Circles, clashes of names and values with the templates that are referenced, and references to none that was given. */
export function findCompositionProblems(template: Composed, files: GateFiles): readonly Remark[] {
  const refs = template.spec.templates ?? [];
  if (refs.length === 0) return [];
  const missing = missingRefs(template, files);
  const isCluster = template.kind === kinds.clusterAnalysisTemplate.kind;
  const own: AnalysisTemplateRef = { templateName: template.name, clusterScope: isCluster };
  const flat = flattenTemplates([own], tablesOf(files));
  if (!flat.ok) {
    const isCircle = flat.message.includes('in a circle');
    return isCircle
      ? [{ level: 'error', rule: 'template-circle', path: 'spec.templates', message: flat.message }]
      : missing;
  }
  const problem = findMergeProblem(flat.value);
  if (problem === undefined) return missing;
  return [...missing, { level: 'error', rule: 'composition', path: 'spec.templates', message: problem }];
}

function tablesOf({ templates }: GateFiles) {
  const cluster = templates.filter(({ kind }) => kind === kinds.clusterAnalysisTemplate.kind);
  return { cluster, namespaced: templates.filter((template) => !cluster.includes(template)) };
}

/** Every argument has a value, so that only what the templates say against each other is left. */
function findMergeProblem(flat: FlatTemplates): string | undefined {
  const declared = [...flat.namespaced, ...flat.cluster].flatMap(({ spec }) => spec.args ?? []);
  const args = declared.map(({ name }) => ({ name, value: 'any' }));
  const merged = mergeTemplates(flat, { args, dryRun: [], measurementRetention: [] });
  return merged.ok ? undefined : merged.message;
}

function missingRefs({ spec }: Composed, files: GateFiles): readonly Remark[] {
  const { namespaced, cluster } = tablesOf(files);
  return (spec.templates ?? []).flatMap(({ templateName, clusterScope }, i): readonly Remark[] => {
    const table = clusterScope === true ? cluster : namespaced;
    if (table.some(({ metadata }) => metadata.name === templateName)) return [];
    const kind = clusterScope === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
    const message = `${kind} '${templateName}' is not among these files: what it says is not checked`;
    return [{ level: 'note', rule: 'template-missing', path: `spec.templates[${i}]`, message }];
  });
}

/** Rules over metric names that match none, or that say nothing. `isWhole`: all metrics of the run are known. */
export function findNameRuleProblems(
  spec: AnalysisTemplateSpec,
  metrics: readonly Metric[],
  isWhole: boolean,
): readonly Remark[] {
  const { dryRun = [], measurementRetention = [] } = spec;
  const names = metrics.map(({ name }) => name);
  const found: Remark[] = [];
  for (const [field, rules] of [
    ['dryRun', dryRun],
    ['measurementRetention', measurementRetention],
  ] as const) {
    for (const [i, { metricName }] of rules.entries()) {
      const path = `spec.${field}[${i}].metricName`;
      if (names.some((name) => isPatternIn(metricName, name)) || !isWhole) continue;
      const hint = metricName === '*' ? '; for every metric write .*' : `: "${metricName}"`;
      const message = `${field}[${i}]: Rule didn't match any metric name(s)${hint}`;
      found.push({ level: 'error', rule: 'name-rule', path, message });
    }
  }
  for (const [i, { limit }] of measurementRetention.entries()) {
    if (limit > 0) continue;
    const path = `spec.measurementRetention[${i}].limit`;
    found.push({
      level: 'warning',
      rule: 'retention',
      path,
      message: 'a limit below 1 keeps 10 measurements',
    });
  }
  const matched = matchNameRules({ metrics, dryRun }, metrics);
  if (isWhole && metrics.length > 0 && matched.ok && names.every((name) => matched.value.dryRun.has(name))) {
    const message = 'every metric is a dry run: the gate is always Successful';
    found.push({ level: 'warning', rule: 'only-dry-run', path: 'spec.dryRun', message });
  }
  return found;
}
