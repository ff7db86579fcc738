import type { Argument, Metric } from '#api/argoproj/analysis-template.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { conditionFunctions } from '#core/expr/condition/condition.js';
import { compile, explainProblem, notBool } from '#core/expr/expression.js';
import { unknownType } from '#core/expr/types/value-type.js';
import { numberShapeOf } from '#core/gate-trial/shape.js';
import { dependsOn, openNames } from './arguments.js';
import { findValueTraps } from './condition-traps.js';
import type { Remark } from './remark.js';

const conditionFields = ['successCondition', 'failureCondition'] as const;

/** What is wrong with the conditions of a metric, found without a measurement. */
export function findConditionProblems(
  written: Metric,
  metric: Metric,
  path: string,
  args: readonly Argument[],
): readonly Remark[] {
  const given = conditionFields.filter((field) => (metric[field] ?? '') !== '');
  if (numberShapeOf(metric) === 'none') return given.map((field) => ignored(metric, `${path}.${field}`));
  if (given.length === 0) {
    const message = 'has no condition: every value is Successful';
    return [{ level: 'warning', rule: 'no-condition', path, message }];
  }
  const open = openNames(args);
  const broken = given.flatMap((field) =>
    compileProblem(metric[field] ?? '', `${path}.${field}`, dependsOn(written[field], open)),
  );
  if (broken.length > 0) return broken;
  const isOpen = given.some((field) => dependsOn(written[field], open));
  // A query that the caller gives may be a scalar or a list.
  const { query } = metric.provider.prometheus === undefined ? {} : (written.provider.prometheus ?? {});
  const isShapeOpen = numberShapeOf(metric) === 'plain' && dependsOn(query, open);
  return [
    ...given.flatMap((field) => wholeResultTraps(metric[field] ?? '', `${path}.${field}`)),
    ...(isShapeOpen ? [] : findValueTraps(metric, path, isOpen)),
  ];
}

function ignored(metric: Metric, path: string): Remark {
  const { id } = providerOf(metric);
  const message = `is not read: the provider ${id} judges by itself`;
  return { level: 'warning', rule: 'ignored-condition', path, message };
}

/** As it would be found at every measurement, whatever is measured. */
function compileProblem(condition: string, path: string, isOpen: boolean): readonly Remark[] {
  const compiled = compile(condition, { variables: { result: unknownType }, functions: conditionFunctions });
  if (compiled.ok) {
    const wrong = notBool(compiled.type);
    if (wrong === undefined) return [];
    return [{ level: 'error', rule: 'condition', path, message: `expected bool, but got ${wrong}` }];
  }
  const message = explainProblem(condition, compiled.problem);
  // The sample may be of the wrong kind.
  if (isOpen) {
    const text = `cannot be checked, since it depends on an argument of the caller; with 1 in its place: ${message}`;
    return [{ level: 'note', rule: 'condition-open', path, message: text }];
  }
  const { at } = compiled.problem;
  return [{ level: 'error', rule: 'condition', path, message, ...(at === undefined ? {} : { at }) }];
}

/** `default` and `isNil` look at the whole result, whatever they are given. */
function wholeResultTraps(condition: string, path: string): readonly Remark[] {
  return [...condition.matchAll(/\b(default|isNil)\(\s*([^,()]*(?:\([^()]*\))?[^,()]*)[,)]/g)].flatMap(
    (call): readonly Remark[] => {
      const [, name = '', argument = ''] = call;
      if (argument.trim() === 'result') return [];
      const message = `${name}() looks at the whole result, not at ${argument.trim()}`;
      return [{ level: 'warning', rule: 'whole-result', path, message, at: call.index }];
    },
  );
}
