import type { Builtin } from './builtin.js';
import { toFloat, toInt } from './builtins/number.js';
import { ExprError } from './expr-error.js';
import { compile, notBool } from './expression.js';
import { describeValue, isNumber, typeOfOutside, type Value } from './value.js';
import { boolType, floatType, intType } from './value-type.js';

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

/** The functions of a condition. `isNil` and `default` look at the whole result, whatever they are given. */
export const conditionFunctions: Readonly<Record<string, Builtin>> = {
  asInt: {
    params: ['any'],
    result: intType,
    run: ([value]) => {
      if (typeof value === 'string' || isNumber(value ?? null)) return toInt(value ?? null);
      throw new ExprError(`asInt() not supported on type ${describeValue(value ?? null)}`);
    },
  },
  asFloat: {
    params: ['any'],
    result: floatType,
    run: ([value]) => {
      if (typeof value === 'string' || isNumber(value ?? null)) return toFloat(value ?? null);
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
  const outcome = judge(condition, result, nowMs);
  return outcome.ok || !isEmpty(result) ? outcome : { ok: false, message: noData };
}

function judge(condition: string, result: unknown, nowMs: number): ConditionOutcome {
  const compiled = compile(condition, {
    variables: { result: typeOfOutside(result) },
    functions: conditionFunctions,
  });
  if (!compiled.ok) return { ok: false, message: compiled.problem.message };
  const wrongType = notBool(compiled.type);
  const run = compiled.expression.run({ result }, nowMs);
  if (!run.ok) return { ok: false, message: run.problem.message };
  if (typeof run.value === 'boolean') return { ok: true, value: run.value };
  return { ok: false, message: `expected bool, but got ${wrongType ?? describeValue(run.value)}` };
}

function isEmpty(result: unknown): boolean {
  if (result === null || result === undefined) return true;
  return (Array.isArray(result) || result instanceof Float64Array) && result.length === 0;
}
