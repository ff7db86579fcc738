import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type {
  AnalysisTemplate,
  AnalysisTemplateSpec,
  Argument,
  ClusterAnalysisTemplate,
  Metric,
} from '#api/argoproj/analysis-template.js';
import { kinds } from '#api/kinds.js';
import type { GateFiles } from '#core/gate-trial/gate.js';
import { isObject } from '#core/json/json.js';
import {
  dependsOn,
  findArgumentProblems,
  findPlaceholderProblems,
  findSecretsInSchedule,
  openNames,
  withSampleArgs,
} from './arguments.js';
import { findCompositionProblems, findNameRuleProblems } from './composition.js';
import { findConditionProblems } from './conditions.js';
import { findLimitProblems } from './limits.js';
import { findProviderProblems, type SourceChecks } from './providers.js';
import { textsBelow, type Remark } from './remark.js';

export interface LintContext {
  /** Everything that was given, among it the object itself. */
  readonly files: GateFiles;
  readonly checks: SourceChecks;
}

type Gate = AnalysisTemplate | ClusterAnalysisTemplate | AnalysisRun;

/** Everything there is to say about a template or a run that fits its schema, without asking any source. */
export function lintGate(object: Gate, { files, checks }: LintContext): readonly Remark[] {
  const isRun = object.kind === kinds.analysisRun.kind;
  const spec: AnalysisTemplateSpec = object.spec;
  const { metrics = [], args = [], templates = [] } = spec;
  const composed = { kind: object.kind, name: object.metadata.name, spec };
  return [
    ...findEmptiness(spec, isRun),
    ...findPlaceholderProblems(metrics, args),
    ...findArgumentProblems(args, metrics, isRun),
    ...findSecretsInSchedule(metrics, args),
    ...findDuplicateNames(metrics),
    ...metrics.flatMap((metric, i) => lintMetric(metric, `spec.metrics[${i}]`, args, checks)),
    ...(isRun ? [] : findCompositionProblems(composed, files)),
    ...findNameRuleProblems(spec, metrics, templates.length === 0),
  ];
}

function findEmptiness(
  { metrics = [], templates = [] }: AnalysisTemplateSpec,
  isRun: boolean,
): readonly Remark[] {
  if (metrics.length > 0 || (templates.length > 0 && !isRun)) return [];
  return [{ level: 'error', rule: 'spec', path: 'spec.metrics', message: 'no metrics specified' }];
}

function findDuplicateNames(metrics: readonly Metric[]): readonly Remark[] {
  const names = metrics.map(({ name }) => name);
  return metrics.flatMap(({ name }, i): readonly Remark[] => {
    const path = `spec.metrics[${i}].name`;
    if (name === '') return [{ level: 'error', rule: 'spec', path, message: 'is empty' }];
    if (names.indexOf(name) === i) return [];
    return [{ level: 'error', rule: 'spec', path, message: `duplicate name '${name}'` }];
  });
}

function lintMetric(
  written: Metric,
  path: string,
  args: readonly Argument[],
  checks: SourceChecks,
): readonly Remark[] {
  const metric = withSampleArgs(written, args);
  // What is wrong with its placeholders is said already.
  if (metric === undefined) return [];
  const limits = findLimitProblems(written, metric, path, args);
  const isWithoutOneProvider = limits.some(({ path: at }) => at === `${path}.provider`);
  if (isWithoutOneProvider || !isObject(metric.provider)) return limits;
  return [
    ...limits,
    ...findConditionProblems(written, metric, path, args),
    ...findProviderProblems(metric, path, checks).filter((remark) => !isOpen(remark, written, path, args)),
  ];
}

/** Whether a remark about a setting is about what only the caller knows. The sides of a comparison are no settings of it. */
function isOpen(
  { path: at, rule }: Remark,
  written: Metric,
  path: string,
  args: readonly Argument[],
): boolean {
  // What is put into a query is mostly a name, which closes no bracket.
  if (rule === 'unknown-provider' || rule === 'query') return false;
  const open = openNames(args);
  return textsBelow(written, path)
    .filter((leaf) => leaf.path === at || leaf.path.startsWith(`${at}.`))
    .filter(
      (leaf) => !leaf.path.startsWith(`${path}.provider.plugin`) || !/\.(canary|baseline)\./.test(leaf.path),
    )
    .some(({ text }) => dependsOn(text, open));
}
