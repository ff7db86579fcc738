import { NamedInt, SizedInt, Span } from './special.js';
import type { Value } from './value.js';

/** The number that a value is for operators: ints of every size are `bigint`; `undefined` when it is none. */
export function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return value instanceof SizedInt ? value.number : undefined;
}

/** As {@link numberOf}, with what is stored as a number: durations in nanoseconds, months, days of the week. */
export function numberUnder(value: Value): number | bigint | undefined {
  if (value instanceof Span) return value.ns;
  return value instanceof NamedInt ? value.number : numberOf(value);
}
