import type { Machine } from '../run/machine.js';
import { type ValueType, describeType, unknownType } from '../types/value-type.js';
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
  | 'present'
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

/** Whether a value of this type may stand for the parameter; an int literal may stand for a float. */
function fitsParam(type: ValueType, param: Param, isIntLiteral = false): boolean {
  if (type.kind === 'unknown' || param === 'any') return true;
  switch (param) {
    case 'number':
      return isNumeric(type);
    case 'numbers':
      return isNumeric(type) || type.kind === 'list';
    case 'float':
      return type.kind === 'float' || (type.kind === 'int' && isIntLiteral);
    case 'indexable':
      return type.kind === 'list' || type.kind === 'map';
    case 'convertible':
      return isNumeric(type) || type.kind === 'string';
    case 'sized':
      return type.kind === 'string' || type.kind === 'list' || type.kind === 'map';
    case 'location':
      return type.kind === 'location' || type.kind === 'nil';
    case 'present':
      return type.kind !== 'nil';
    default:
      return type.kind === param;
  }
}

/** Durations, months and days of the week are numbers underneath: functions see that in the run only. */
function isNumeric({ kind }: ValueType): boolean {
  return ['int', 'float', 'duration', 'month', 'weekday'].includes(kind);
}

/** Why a call with arguments of these types is refused; `undefined` when it is fine. */
export function findCallProblem(
  name: string,
  builtin: Pick<Builtin, 'params' | 'optional' | 'variadic' | 'problem'>,
  args: readonly ValueType[],
  intLiterals: readonly boolean[] = [],
): string | undefined {
  if (args.length < builtin.params.length - (builtin.optional ?? 0)) {
    return `not enough arguments to call ${name}`;
  }
  if (args.length > builtin.params.length && builtin.variadic !== true) {
    return `too many arguments to call ${name}`;
  }
  for (const [i, type] of args.entries()) {
    const param = builtin.params[i] ?? builtin.params.at(-1) ?? 'any';
    // The peer's check of these ends at what is only known at run time.
    if (param === 'numbers' && type.kind === 'unknown') break;
    if (!fitsParam(type, param, intLiterals[i])) {
      return `cannot use ${describeType(type)} as argument (type ${param}) to call ${name}`;
    }
  }
  return builtin.problem?.(args);
}

export function resultType(builtin: Builtin, args: readonly ValueType[]): ValueType {
  if (builtin.result === undefined) return unknownType;
  return typeof builtin.result === 'function' ? builtin.result(args) : builtin.result;
}
