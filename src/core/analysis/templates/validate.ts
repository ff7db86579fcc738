import type { RolloutAnalysis } from '#api/argoproj/rollout.js';
import type {
  AnalysisTemplate,
  Argument,
  ClusterAnalysisTemplate,
  Metric,
} from '#api/argoproj/analysis-template.js';
import { resolveCallerArgs, type ArgSources } from '../arguments/caller-args.js';
import { effectiveCount } from '../spec/count.js';
import { mergeTemplates, type CallerRules } from './merge.js';
import { done, failed, type Outcome, type TemplateTables } from '../run-model.js';
import { substituteArgs } from '../arguments/substitute.js';
import { flattenTemplates, type FlatTemplates } from './flatten.js';

/** What stands for values that are only known when a run is made. */
const placeholder = 'dummy-value';

/** A problem of an analysis that a Rollout asks for, in the two parts of a field error. */
export interface AnalysisProblem {
  /** The offending value as the peer prints it. */
  readonly value: string;
  readonly message: string;
}

/** An analysis of a Rollout that is to be checked before any run of it is made. */
export interface AnalysisCheck {
  readonly rollout: ArgSources['rollout'];
  readonly analysis: RolloutAnalysis;
  /** Background analyses may run without end, but need a value for every argument. */
  readonly background: boolean;
  readonly templates: TemplateTables;
  /** Every analysis step of a canary: the build is repeated with the rules of each. */
  readonly stepAnalyses: readonly RolloutAnalysis[];
}

/** The first problem of an analysis: missing template, merge error, unbounded metric or missing argument. */
export function findAnalysisProblem(check: AnalysisCheck): AnalysisProblem | undefined {
  const refs = check.analysis.templates ?? [];
  const value = `templateNames: [${refs.map((ref) => ref.templateName).join(' ')}]`;
  const flat = flattenTemplates(refs, check.templates);
  if (!flat.ok) {
    const missing = /'(.*)' not found$/.exec(flat.message)?.[1];
    return { value: missing ?? value, message: flat.message };
  }
  const problem = findMergeProblem(check, flat.value);
  if (problem !== undefined) return { value: nameAll(flat.value), message: problem };
  const all = [...flat.value.namespaced, ...flat.value.cluster];
  for (const template of all) {
    const message = check.background
      ? findMissingArg(template, check.analysis)
      : findUnboundedMetric(template);
    if (message !== undefined) return { value: template.metadata.name, message };
  }
  return undefined;
}

function nameAll(flat: FlatTemplates): string {
  const names = [...flat.namespaced, ...flat.cluster].map((template) => template.metadata.name);
  return `templateNames: [${names.join(' ')}]`;
}

function findMergeProblem(check: AnalysisCheck, flat: FlatTemplates): string | undefined {
  const args = placeholderArgs(check);
  const none: CallerRules = { args, dryRun: [], measurementRetention: [] };
  const withSteps = check.stepAnalyses.map((step): CallerRules => ({
    args,
    dryRun: step.dryRun ?? [],
    measurementRetention: step.measurementRetention ?? [],
  }));
  for (const rules of [none, ...withSteps]) {
    const merged = mergeTemplates(flat, rules);
    if (!merged.ok) return merged.message;
  }
  return undefined;
}

/** An argument whose path leads nowhere yet is no problem here: it may once there is a release. */
function placeholderArgs(check: AnalysisCheck): CallerRules['args'] {
  return (check.analysis.args ?? []).map((arg) => {
    const sources = { rollout: check.rollout, podHash: placeholder, stableHash: placeholder };
    const resolved = resolveCallerArgs([arg], sources);
    return resolved.ok ? (resolved.value[0] ?? { name: arg.name, value: '' }) : { name: arg.name, value: '' };
  });
}

function findUnboundedMetric(template: AnalysisTemplate | ClusterAnalysisTemplate): string | undefined {
  const { name } = template.metadata;
  const resolved = resolveWithPlaceholders(template.spec.metrics ?? [], template.spec.args ?? []);
  if (!resolved.ok) return `AnalysisTemplate ${name}: ${resolved.message}`;
  const unbounded = resolved.value.find((metric) => effectiveCount(metric) === undefined);
  if (unbounded === undefined) return undefined;
  const count = unbounded.count ?? '<nil>';
  return `AnalysisTemplate ${name} has metric ${unbounded.name} which runs indefinitely. Invalid value for count: ${count}`;
}

function resolveWithPlaceholders(
  metrics: readonly Metric[],
  args: readonly Argument[],
): Outcome<readonly Metric[]> {
  const both = args.find((arg) => arg.value !== undefined && arg.valueFrom !== undefined);
  if (both !== undefined) return failed(`arg '${both.name}' has both Value and ValueFrom fields`);
  const known = args.map((arg): Argument => ({ ...arg, value: arg.value ?? placeholder }));
  const resolved: Metric[] = [];
  for (const metric of metrics) {
    const substituted = substituteArgs(metric, known);
    if (!substituted.ok) return substituted;
    resolved.push(substituted.value);
  }
  return done(resolved);
}

function findMissingArg(
  template: AnalysisTemplate | ClusterAnalysisTemplate,
  analysis: RolloutAnalysis,
): string | undefined {
  const open = (template.spec.args ?? []).filter(
    (arg) => arg.value === undefined && arg.valueFrom === undefined,
  );
  const given = analysis.args;
  if (given === undefined)
    return open.length === 0 ? undefined : 'missing analysis arguments in rollout spec';
  return open.find((arg) => !given.some((other) => other.name === arg.name))?.name;
}
