import { QueryFailure } from '../../http/failure.js';

type Comparable = string | number;

const orders: Readonly<Record<string, (a: Comparable, b: Comparable) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/**
 * A comparison of a filter: of numbers, texts, or for equality bools. Throws QueryFailure for all else, in the words of
 * client-go; which also refuses to compare a number of JSON with a whole one (`@.size>1`), and that is compared here.
 */
export function compare(a: unknown, test: string, b: unknown): boolean {
  const order = orders[test];
  if (order === undefined && test !== '==' && test !== '!=') {
    throw new QueryFailure(`unrecognized filter operator ${test}`);
  }
  const kinds: readonly string[] = ['number', 'string', 'boolean'];
  if (!kinds.includes(typeof a) || !kinds.includes(typeof b)) {
    throw new QueryFailure('invalid type for comparison');
  }
  if (typeof a !== typeof b) throw new QueryFailure('incompatible types for comparison');
  if (order === undefined) return (a === b) === (test === '==');
  if (typeof a === 'boolean' || typeof b === 'boolean') throw new QueryFailure('invalid type for comparison');
  return order(a as Comparable, b as Comparable); // of one kind, and no bools, as just checked
}
