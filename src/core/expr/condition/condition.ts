import type { Builtin } from '../builtins/builtin.js';
import { toFloat, toInt } from '../builtins/number.js';
import { ExprError } from '../expr-error.js';
import { type Evaluated, compile, notBool } from '../expression.js';
import { boolType, floatType, int64Type } from '../types/value-type.js';
import { numberOf } from '../values/number-of.js';
import { int64 } from '../values/special.js';
import { describeValue, typeOfOutside } from '../values/type-of.js';
import type { Value } from '../values/value.js';

/** What a condition says of a result, or why it cannot. */
export type ConditionOutcome =
  { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly message: string };

function float(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  throw new ExprError(`interface conversion: interface {} is ${describeValue(value ?? null)}, not float64`);
}

const floatTest = (test: (value: number) => boolean): Builtin => ({
  params: ['float'],
  result: boolType,
  run: ([value]) => test(float(value)),
});

function isConvertible(value: Value | undefined): value is Value {
  return typeof value === 'string' || numberOf(value ?? null) !== undefined;
}

/** The functions of a condition. `isNil` and `default` look at the whole result, whatever they are given. */
export const conditionFunctions: Readonly<Record<string, Builtin>> = {
  asInt: {
    params: ['any'],
    result: int64Type,
    run: ([value]) => {
      if (isConvertible(value)) return int64(toInt(value));
      throw new ExprError(`asInt() not supported on type ${describeValue(value ?? null)}`);
    },
  },
  asFloat: {
    params: ['any'],
    result: floatType,
    run: ([value]) => {
      if (isConvertible(value)) return toFloat(value);
      throw new ExprError(`asFloat() not supported on type ${describeValue(value ?? null)}`);
    },
  },
  isNaN: floatTest(Number.isNaN),
  isInf: floatTest((value) => value === Infinity || value === -Infinity),
  isNil: {
    params: ['any'],
    result: boolType,
    run: (_, machine) => (machine.env.get('result') ?? null) === null,
  },
  default: {
    params: ['any', 'any'],
    run: ([, fallback], machine) => machine.env.get('result') ?? fallback ?? null,
  },
};

const noData = 'metric result is nil or empty: no data returned from the metric provider';

/**
 * Judges what a metric source answered. `result` is as in {@link compile}: numbers are floats, bigints ints.
 * The message is the cause alone; `now()` is `nowMs`.
 */
export function evaluateCondition(condition: string, result: unknown, nowMs: number): ConditionOutcome {
  const outcome = judgeResult(condition, result, nowMs);
  if (outcome.ok) return { ok: true, value: outcome.value };
  return { ok: false, message: outcome.problem.message };
}

/** As {@link evaluateCondition}; a failure tells when it was found and where. */
export function judgeResult(
  condition: string,
  result: unknown,
  nowMs: number,
): { readonly ok: true; readonly value: boolean } | Extract<Evaluated, { ok: false }> {
  const judged = judge(condition, result, nowMs);
  if (judged.ok || !isEmpty(result)) return judged;
  return { ok: false, problem: { ...judged.problem, message: noData } };
}

function judge(condition: string, result: unknown, nowMs: number): ReturnType<typeof judgeResult> {
  const variables = { result: typeOfOutside(result) };
  const compiled = compile(condition, { variables, functions: conditionFunctions });
  if (!compiled.ok) return compiled;
  const run = compiled.expression.run({ result }, nowMs);
  if (!run.ok) return run;
  if (typeof run.value === 'boolean') return { ok: true, value: run.value };
  const got = notBool(compiled.type) ?? describeValue(run.value);
  return { ok: false, problem: { phase: 'run', message: `expected bool, but got ${got}` } };
}

function isEmpty(result: unknown): boolean {
  if (result === null || result === undefined) return true;
  return (Array.isArray(result) || result instanceof Float64Array) && result.length === 0;
}
