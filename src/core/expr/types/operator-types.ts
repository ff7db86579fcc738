import { ExprError } from '../expr-error.js';
import { isAssignable, isComparable, isIntType, isNumberType } from './relations.js';
import {
  anyListType,
  boolType,
  describeType,
  durationType,
  floatType,
  intType,
  looseListOf,
  stringType,
  timeType,
  unknownType,
  type ValueType,
} from './value-type.js';

type Kinds = readonly ValueType['kind'][];

const ints: Kinds = ['int', 'int64', 'uint8'];
const numbers: Kinds = [...ints, 'float'];

/** The type of `left operator right`; `undefined` when the operands do not fit. */
export function binaryType(operator: string, left: ValueType, right: ValueType): ValueType | undefined {
  switch (operator) {
    case '+':
      return sumType(left, right);
    case '-':
      return differenceType(left, right);
    case '*':
      return productType(left, right);
    case '/':
    case '**':
    case '^':
      return either(left, right, numbers) ? floatType : undefined;
    case '%':
      return either(left, right, ints) ? intType : undefined;
    case '..':
      return either(left, right, ints) ? looseListOf(intType) : undefined;
    case '??':
      return coalescedType(left, right);
    default:
      return testFits(operator, left, right) ? boolType : undefined;
  }
}

function testFits(operator: string, left: ValueType, right: ValueType): boolean {
  switch (operator) {
    case '==':
    case '!=':
      return isComparable(left, right);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return either(left, right, numbers) || sameOf(left, right, ['string', 'time', 'duration']);
    case 'in':
      return isSearchable(left, right);
    case 'matches':
      return either(isBytes(left) && right.kind === 'string' ? stringType : left, right, ['string']);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return either(left, right, ['string']);
    default:
      return either(left, right, ['bool']);
  }
}

/** Both of these kinds, or one of them beside what is only known at run time. */
function either(left: ValueType, right: ValueType, kinds: Kinds): boolean {
  const fits = (type: ValueType): boolean => type.kind === 'unknown' || kinds.includes(type.kind);
  return fits(left) && fits(right);
}

function sameOf(left: ValueType, right: ValueType, kinds: Kinds): boolean {
  return kinds.some((kind) => either(left, right, [kind]));
}

function isUnknownPair(left: ValueType, right: ValueType, kinds: Kinds): boolean {
  return (left.kind === 'unknown' || right.kind === 'unknown') && either(left, right, kinds);
}

function numberType(left: ValueType, right: ValueType): ValueType | undefined {
  if (!isNumberType(left) || !isNumberType(right)) return undefined;
  return isIntType(left) && isIntType(right) ? intType : floatType;
}

function sumType(left: ValueType, right: ValueType): ValueType | undefined {
  if (isUnknownPair(left, right, [...numbers, 'string', 'time', 'duration'])) return unknownType;
  if (left.kind === 'string' && right.kind === 'string') return stringType;
  const pair = `${left.kind}+${right.kind}`;
  if (pair === 'time+duration' || pair === 'duration+time') return timeType;
  return pair === 'duration+duration' ? durationType : numberType(left, right);
}

function differenceType(left: ValueType, right: ValueType): ValueType | undefined {
  if (isUnknownPair(left, right, [...numbers, 'time', 'duration'])) return unknownType;
  const pair = `${left.kind}-${right.kind}`;
  if (pair === 'time-time' || pair === 'duration-duration') return durationType;
  return pair === 'time-duration' ? timeType : numberType(left, right);
}

function productType(left: ValueType, right: ValueType): ValueType | undefined {
  if (isUnknownPair(left, right, [...numbers, 'duration'])) return unknownType;
  // The value of a float times a duration is a float, but the peer's checker takes it for a duration.
  const areScalable = either(left, right, [...numbers, 'duration']);
  if (areScalable && (left.kind === 'duration' || right.kind === 'duration')) return durationType;
  return numberType(left, right);
}

function coalescedType(left: ValueType, right: ValueType): ValueType {
  if (left.kind === 'nil') return right;
  if (right.kind === 'nil') return left;
  return isAssignable(right, left) ? left : unknownType;
}

function isSearchable(left: ValueType, right: ValueType): boolean {
  if (right.kind === 'time') return left.kind === 'string' || left.kind === 'unknown';
  if (right.kind === 'map') {
    return right.hasAnyKey === true || left.kind === 'string' || left.kind === 'unknown';
  }
  if (right.kind === 'list') return isComparable(left, right.item);
  return right.kind === 'unknown' || (left.kind === 'unknown' && right.kind === 'string');
}

function isBytes(type: ValueType): boolean {
  return type.kind === 'list' && type.isLoose !== true && type.item.kind === 'uint8';
}

/** The type of `operator operand`; `undefined` when the operand does not fit. */
export function unaryType(operator: string, operand: ValueType): ValueType | undefined {
  if (operator === 'not' || operator === '!') {
    return operand.kind === 'bool' || operand.kind === 'unknown' ? boolType : undefined;
  }
  if (operand.kind === 'unknown') return unknownType;
  return isNumberType(operand) ? operand : undefined;
}

/** The type that both branches have in common. */
export function commonType(a: ValueType, b: ValueType): ValueType {
  if (a.kind === 'nil') return b;
  if (b.kind === 'nil') return a;
  if (!isAssignable(a, b)) return unknownType;
  const areLists = a.kind === 'list' && b.kind === 'list';
  const isOneKind = areLists && isAssignable(a.item, b.item) && isAssignable(b.item, a.item);
  return areLists && !isOneKind ? anyListType : a;
}

/** The failure of operands that do not fit, in the peer's words. */
export function mismatch(operator: string, left: ValueType, right: ValueType, at: number): ExprError {
  return new ExprError(
    `invalid operation: ${operator} (mismatched types ${describeType(left)} and ${describeType(right)})`,
    at,
  );
}
