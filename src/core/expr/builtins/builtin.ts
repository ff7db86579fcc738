import type { Machine } from '../run/machine.js';
import { isIntType, isNumberType, isNumeric } from '../types/relations.js';
import { anyType, describeType, type ValueType } from '../types/value-type.js';
import type { Value } from '../values/value.js';

/** What a function takes at one place. `numbers` is a number or a list of numbers. */
export type Param =
  | 'any'
  | 'string'
  | 'int'
  | 'number'
  | 'numbers'
  | 'float'
  | 'bool'
  | 'list'
  | 'map'
  | 'indexable'
  /** What can count: ints, and what is stored as one. */
  | 'count'
  /** What has a length. */
  | 'sized'
  /** What `int` and `float` take: numbers of every kind and texts. */
  | 'convertible'
  | 'time'
  | 'duration'
  | 'location';

/** A function that takes values. Everything known before the run is in its signature. */
export interface Builtin {
  readonly params: readonly Param[];
  /** How many of `params` may be left out, from the end. Default 0. */
  readonly optional?: number;
  /** The last of `params` may be repeated. */
  readonly variadic?: boolean;
  /** What more must hold of the arguments together; the words of what does not. */
  readonly problem?: (args: readonly ValueType[]) => string | undefined;
  /** Default: only known at run time. */
  readonly result?: ValueType | ((args: readonly ValueType[]) => ValueType);
  run(args: readonly Value[], machine: Machine): Value;
}

/** Whether a value of this type may stand for the parameter; an int may stand for a float, which fails later unless it is written. */
function fitsParam(type: ValueType, param: Param): boolean {
  if (type.kind === 'unknown' || param === 'any') return true;
  switch (param) {
    case 'number':
      return isNumeric(type);
    case 'numbers':
      return isNumeric(type) || type.kind === 'list';
    case 'float':
      return isNumberType(type);
    case 'int':
      return isIntType(type);
    case 'count':
      return isNumeric(type) && type.kind !== 'float' && type.kind !== 'uint8';
    case 'indexable':
      return type.kind === 'list' || type.kind === 'map';
    case 'convertible':
      return isNumeric(type) || type.kind === 'string';
    case 'sized':
      return type.kind === 'string' || type.kind === 'list' || type.kind === 'map';
    case 'location':
      return type.kind === 'location' || type.kind === 'nil';
    default:
      return type.kind === param;
  }
}

/** Why a call with arguments of these types is refused; `undefined` when it is fine. */
export function findCallProblem(
  name: string,
  builtin: Pick<Builtin, 'params' | 'optional' | 'variadic' | 'problem'>,
  args: readonly ValueType[],
): string | undefined {
  if (args.length < builtin.params.length - (builtin.optional ?? 0)) {
    return `not enough arguments to call ${name}`;
  }
  if (args.length > builtin.params.length && builtin.variadic !== true) {
    return `too many arguments to call ${name}`;
  }
  for (const [i, type] of args.entries()) {
    const param = builtin.params[i] ?? builtin.params.at(-1) ?? 'any';
    // The peer's check of these ends at a list and at what is only known at run time.
    if (param === 'numbers' && (type.kind === 'unknown' || type.kind === 'list')) break;
    if (!fitsParam(type, param)) {
      return `cannot use ${type.kind === 'nil' ? 'nil' : describeType(type)} as argument (type ${param}) to call ${name}`;
    }
  }
  return builtin.problem?.(args);
}

/** What a call gives, as far as that is known before the run. */
export function resultType(builtin: Builtin, args: readonly ValueType[]): ValueType {
  if (builtin.result === undefined) return anyType;
  return typeof builtin.result === 'function' ? builtin.result(args) : builtin.result;
}
