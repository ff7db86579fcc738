import type { AnalysisRunSpec } from '#api/argoproj/analysis-run.js';
import type { Argument, Metric } from '#api/argoproj/analysis-template.js';
import type { DryRun, MeasurementRetention } from '#api/argoproj/rollout.js';
import { done, failed, type Outcome } from '../run-model.js';
import type { FlatTemplates } from './flatten.js';

/** What the one who asks for a run brings along. */
export interface CallerRules {
  /** Resolved: each has a value. */
  readonly args: readonly { readonly name: string; readonly value?: string }[];
  readonly dryRun: readonly DryRun[];
  readonly measurementRetention: readonly MeasurementRetention[];
}

/** The spec of the run that these templates give together with the caller's rules; metrics keep their placeholders. */
export function mergeTemplates(templates: FlatTemplates, caller: CallerRules): Outcome<AnalysisRunSpec> {
  const specs = [...templates.namespaced, ...templates.cluster].map((template) => template.spec);
  const metrics = specs.flatMap((spec) => spec.metrics ?? []);
  const templateDryRun = specs.flatMap((spec) => spec.dryRun ?? []);
  const templateRetention = specs.flatMap((spec) => spec.measurementRetention ?? []);
  const problem =
    findDuplicateMetric(metrics) ??
    findDuplicateRule('Dry-Run', templateDryRun) ??
    findDuplicateRule('Measurement Retention', templateRetention);
  if (problem !== undefined) return failed(problem);

  const declared = mergeDeclaredArgs(specs.flatMap((spec) => spec.args ?? []));
  if (!declared.ok) return declared;
  const args = mergeCallerArgs(declared.value, caller.args);
  if (!args.ok) return args;
  const dryRun = [...caller.dryRun, ...templateDryRun];
  const measurementRetention = [...caller.measurementRetention, ...templateRetention];
  const clash =
    findDuplicateRule('Dry-Run', dryRun) ?? findDuplicateRule('Measurement Retention', measurementRetention);
  if (clash !== undefined) return failed(clash);
  return done({
    metrics,
    ...(args.value.length === 0 ? {} : { args: args.value }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
    ...(measurementRetention.length === 0 ? {} : { measurementRetention }),
  });
}

function findDuplicateMetric(metrics: readonly Metric[]): string | undefined {
  const name = firstRepeated(metrics.map((metric) => metric.name));
  return name === undefined ? undefined : `two metrics have the same name '${name}'`;
}

function findDuplicateRule(
  what: string,
  rules: readonly { readonly metricName: string }[],
): string | undefined {
  const name = firstRepeated(rules.map((rule) => rule.metricName));
  return name === undefined ? undefined : `two ${what} metric rules have the same name '${name}'`;
}

function firstRepeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function mergeDeclaredArgs(all: readonly Argument[]): Outcome<readonly Argument[]> {
  const merged = new Map<string, Argument>();
  for (const arg of all) {
    const earlier = merged.get(arg.name);
    const bothSet = earlier?.value !== undefined && arg.value !== undefined;
    if (bothSet && earlier.value !== arg.value) {
      return failed(
        `Argument \`${arg.name}\` specified multiple times with different values: '${earlier.value}', '${arg.value}'`,
      );
    }
    if (earlier?.value === undefined) merged.set(arg.name, arg);
  }
  return done([...merged.values()]);
}

function mergeCallerArgs(
  declared: readonly Argument[],
  caller: CallerRules['args'],
): Outcome<readonly Argument[]> {
  const merged = declared.map((arg) => {
    const value = caller.findLast((given) => given.name === arg.name && given.value !== undefined)?.value;
    return value === undefined ? arg : { ...arg, value };
  });
  const open = merged.find((arg) => arg.value === undefined && arg.valueFrom === undefined);
  return open === undefined ? done(merged) : failed(`args.${open.name} was not resolved`);
}
