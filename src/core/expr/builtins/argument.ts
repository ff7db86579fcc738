import { ExprError } from '../expr-error.js';
import { Dictionary } from '../values/dictionary.js';
import { describeValue } from '../values/type-of.js';
import { numberOf } from '../values/number-of.js';
import { type Value } from '../values/value.js';
import { isList, isMap } from '../values/shape.js';

/** The argument at a place, whose kind the checker may not have known. */
export function textAt(args: readonly Value[], i: number): string {
  const value = args[i] ?? null;
  if (typeof value === 'string') return value;
  throw wrongArgument(value, 'string');
}

/** As {@link textAt} for a number. */
export function numberAt(args: readonly Value[], i: number): number | bigint {
  const value = args[i] ?? null;
  const number = numberOf(value);
  if (number !== undefined) return number;
  throw wrongArgument(value, 'a number');
}

/** As {@link textAt} for an int. */
export function intAt(args: readonly Value[], i: number): bigint {
  const value = args[i] ?? null;
  const int = numberOf(value);
  if (typeof int === 'bigint') return int;
  throw wrongArgument(value, 'int');
}

/** As {@link textAt} for a list. */
export function listAt(args: readonly Value[], i: number): readonly Value[] {
  const value = args[i] ?? null;
  if (isList(value)) return value;
  throw wrongArgument(value, 'array');
}

/** The keys and values of the map at a place. */
export function entriesAt(args: readonly Value[], i: number): readonly (readonly [Value, Value])[] {
  const value = args[i] ?? null;
  if (isMap(value)) return Object.entries(value);
  if (value instanceof Dictionary) return value.entries();
  throw wrongArgument(value, 'map');
}

/** The same where each value is looked up by its key, which nobody finds under NaN. */
export function itemsAt(args: readonly Value[], i: number): readonly (readonly [Value, Value])[] {
  const entries = entriesAt(args, i);
  if (entries.some(([key]) => Number.isNaN(key)))
    throw new ExprError('reflect: call of reflect.Value.Interface on zero Value');
  return entries;
}

function wrongArgument(value: Value, wanted: string): ExprError {
  return new ExprError(`interface conversion: interface {} is ${describeValue(value)}, not ${wanted}`);
}
