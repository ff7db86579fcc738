import type { Builtin } from '../builtins/builtin.js';
import { evaluate } from '../expression.js';
import { Moment } from '../values/special.js';
import { describeValue } from '../values/type-of.js';
import { conditionFunctions } from './condition.js';

/** The moment that an expression stands for, or why it stands for none. */
export type TimeOutcome =
  { readonly ok: true; readonly epochMs: number } | { readonly ok: false; readonly message: string };

/** The functions of a range query's bounds. */
const functions: Readonly<Record<string, Builtin>> = Object.fromEntries(
  Object.entries(conditionFunctions).filter(([name]) => name === 'isNaN' || name === 'isInf'),
);

/** The moment that an expression such as `now() - duration("1h")` stands for, in milliseconds since 1970. */
export function evaluateTime(source: string, nowMs: number): TimeOutcome {
  const evaluated = evaluate(source, {}, { functions, nowMs });
  if (!evaluated.ok) return { ok: false, message: evaluated.problem.message };
  const { value } = evaluated;
  if (value instanceof Moment) return { ok: true, epochMs: Number(value.epochNs / 1_000_000n) };
  return { ok: false, message: `expected time, but got ${describeValue(value)}` };
}
