import type { Param } from '../builtins/builtin.js';
import { ExprError } from '../expr-error.js';
import type { ValueType } from '../types/value-type.js';
import { Moment, Place, Span } from '../values/special.js';
import { describeValue } from '../values/type-of.js';
import type { Value } from '../values/value.js';

/** A method of a time, duration, month, weekday or time zone. */
export interface Method {
  readonly params: readonly Param[];
  readonly result: ValueType;
  run(self: Value, args: readonly Value[]): Value;
}

/** Nanoseconds in a millisecond. */
export const nsPerMs = 1_000_000n;

/** Nanoseconds in a second. */
export const nsPerSecond = 1_000_000_000n;

/** What an argument that is nil stands for. */
const zeroMoment = new Moment(-62_135_596_800n * nsPerSecond);

/** The moment, the span and so on that an argument is; nil is the zero of its type. Throws ExprError for anything else. */
export function momentOf(value: Value | undefined): Moment {
  if (value instanceof Moment) return value;
  if (value === null) return zeroMoment;
  throw wrong(value, 'time.Time');
}

/** As {@link momentOf} for a duration. */
export function spanOf(value: Value | undefined): Span {
  if (value instanceof Span) return value;
  if (value === null) return new Span(0n);
  throw wrong(value, 'time.Duration');
}

/** As {@link momentOf} for an int. */
export function intOf(value: Value | undefined): number {
  if (typeof value === 'bigint') return Number(value);
  if (value === null) return 0;
  throw wrong(value, 'int');
}

/** As {@link momentOf} for a text. */
export function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  throw wrong(value, 'string');
}

/** As {@link momentOf} for a time zone, of which nil is none. */
export function placeOf(value: Value | undefined): Place {
  if (value instanceof Place) return value;
  throw wrong(value, '*time.Location');
}

function wrong(value: Value | undefined, wanted: string): ExprError {
  return new ExprError(
    `interface conversion: interface {} is ${describeValue(value ?? null)}, not ${wanted}`,
  );
}

/** A method of times. */
export const ofMoment = (
  result: ValueType,
  run: (self: Moment, args: readonly Value[]) => Value,
  params: readonly Param[] = [],
): Method => ({ params, result, run: (self, args) => run(momentOf(self), args) });

/** A method of durations. */
export const ofSpan = (
  result: ValueType,
  run: (self: Span, args: readonly Value[]) => Value,
  params: readonly Param[] = [],
): Method => ({ params, result, run: (self, args) => run(spanOf(self), args) });
