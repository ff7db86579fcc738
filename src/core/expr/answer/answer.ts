import { judgeResult } from '../condition/condition.js';
import { ExprError } from '../expr-error.js';
import { type Evaluated, evaluate, explainProblem } from '../expression.js';
import { kindName, writeValue } from './write-value.js';

/** What became of an expression: its value as JSON text with the name of its type, or the failure. */
export type Answer =
  | { readonly value: string; readonly type: string }
  | {
      readonly error: 'compile' | 'run';
      /** With the place in the source below it, where that is known. */
      readonly message: string;
    };

/** Evaluates an expression over an environment. */
export function answerExpression(
  source: string,
  env: Readonly<Record<string, unknown>>,
  nowMs: number,
): Answer {
  return toAnswer(source, () => evaluate(source, env, { nowMs }));
}

/** Judges a result by the condition of a metric. */
export function answerCondition(condition: string, result: unknown, nowMs: number): Answer {
  return toAnswer(condition, () => judgeResult(condition, result, nowMs));
}

function toAnswer(source: string, work: () => Evaluated): Answer {
  const outcome = work();
  if (!outcome.ok) return { error: outcome.problem.phase, message: explainProblem(source, outcome.problem) };
  try {
    return { value: writeValue(outcome.value), type: kindName(outcome.value) };
  } catch (thrown) {
    // A value that cannot be written down is a failure of the expression.
    if (thrown instanceof ExprError) return { error: 'run', message: thrown.message };
    throw thrown;
  }
}
