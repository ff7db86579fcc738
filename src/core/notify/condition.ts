import { evaluate } from '#core/expr/expression.js';
import { formatValue } from '#core/expr/values/format.js';
import type { NotifyConfig, TriggerCondition } from './config.js';
import { conditionFunctions, conditionVariables, type Subject } from './variables.js';

/** What came of a condition. A failure at run time (a field that is not there yet) is `false` with a reason. */
export type ConditionResult =
  | { readonly kind: 'true'; readonly oncePer: string }
  | { readonly kind: 'false'; readonly reason?: string }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Evaluates `when` and, when it is true, `oncePer`. An absent `when` is true here: whoever asks knows of an event. */
export function evaluateTrigger(
  { when, oncePer }: TriggerCondition,
  subject: Subject,
  config: NotifyConfig,
  nowMs: number,
): ConditionResult {
  const variables = conditionVariables(subject, config);
  const options = { functions: conditionFunctions, nowMs };
  if (when !== undefined) {
    const outcome = evaluate(when, variables, options);
    if (!outcome.ok) return failed(outcome.problem, when);
    if (outcome.value !== true) return { kind: 'false' };
  }
  if (oncePer === undefined) return { kind: 'true', oncePer: '' };
  const key = evaluate(oncePer, variables, options);
  if (key.ok) return { kind: 'true', oncePer: formatValue(key.value) };
  const problem = failed(key.problem, oncePer);
  return problem.kind === 'invalid' ? problem : { kind: 'true', oncePer: '' };
}

/** A mistake in the text has a place; a failure at run time has none. */
function failed(
  { message, at }: { readonly message: string; readonly at?: number },
  source: string,
): ConditionResult {
  if (at === undefined) return { kind: 'false', reason: message };
  return { kind: 'invalid', problem: `${message} at column ${at + 1} of ${JSON.stringify(source)}` };
}
