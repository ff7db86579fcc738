import { isList, isMap } from '#core/expr/values/shape.js';
import type { Machine } from '../machine.js';
import { TemplateError } from '../template-error.js';
import { type Datum, type DatumMap, formatDatum, typeName } from '../value.js';

/** A function that templates call. Throws TemplateError; the caller adds the place. */
export type TemplateFunction = (args: readonly Datum[], machine: Machine) => Datum;

/** A table of functions by name. */
export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

/** Refuses a wrong number of arguments as Go does. */
export function arity(name: string, args: readonly Datum[], min: number, max = min): void {
  if (args.length >= min && args.length <= max) return;
  const want = args.length < min && max > min ? `at least ${min}` : String(min);
  throw new TemplateError(`wrong number of args for ${name}: want ${want} got ${args.length}`);
}

/** The argument as a string; no other type will do, as in Go. */
export function textAt(args: readonly Datum[], index: number): string {
  const value = args[index] ?? null;
  if (typeof value === 'string') return value;
  throw new TemplateError(
    value === null
      ? 'invalid value; expected string'
      : `wrong type for value; expected string; got ${typeName(value)}`,
  );
}

/** The argument as an int; an integral float constant will do. */
export function intAt(args: readonly Datum[], index: number): number {
  const value = args[index] ?? null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new TemplateError(
    value === null
      ? 'invalid value; expected int'
      : `wrong type for value; expected int; got ${typeName(value)}`,
  );
}

/** The argument at this place, from 0; anything but a list throws TemplateError. */
export function listAt(args: readonly Datum[], index: number): readonly Datum[] {
  const value = args[index] ?? null;
  if (isList(value)) return value;
  throw new TemplateError(`wrong type for value; expected []interface {}; got ${typeName(value)}`);
}

/** The argument at this place, from 0; anything but a map throws TemplateError. */
export function mapAt(args: readonly Datum[], index: number): DatumMap {
  const value = args[index] ?? null;
  if (isMap(value)) return value;
  throw new TemplateError(`wrong type for value; expected map[string]interface {}; got ${typeName(value)}`);
}

/** Any value as text, the way sprig reads what is to be text. */
export function looseText(value: Datum): string {
  return value === null ? '' : formatDatum(value);
}
