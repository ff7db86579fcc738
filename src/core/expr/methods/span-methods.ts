import { durationType, floatType, int64Type, stringType } from '../types/value-type.js';
import { formatSpan } from '../values/span.js';
import { int64, Span } from '../values/special.js';
import { type Method, nsPerMs, nsPerSecond, ofSpan, spanOf } from './method.js';
import { clamp, roundAway } from './rounding.js';

/** The methods of durations by Go's names. */
export const spanMethods: Readonly<Record<string, Method>> = {
  Hours: ofSpan(floatType, ({ ns }) => inUnits(ns, 3_600n * nsPerSecond)),
  Minutes: ofSpan(floatType, ({ ns }) => inUnits(ns, 60n * nsPerSecond)),
  Seconds: ofSpan(floatType, ({ ns }) => inUnits(ns, nsPerSecond)),
  Milliseconds: ofSpan(int64Type, ({ ns }) => int64(ns / nsPerMs)),
  Microseconds: ofSpan(int64Type, ({ ns }) => int64(ns / 1000n)),
  Nanoseconds: ofSpan(int64Type, ({ ns }) => int64(ns)),
  Abs: ofSpan(durationType, ({ ns }) => new Span(clamp(ns < 0n ? -ns : ns))),
  Truncate: ofSpan(
    durationType,
    ({ ns }, [to]) => new Span(spanOf(to).ns <= 0n ? ns : ns - (ns % spanOf(to).ns)),
    ['duration'],
  ),
  Round: ofSpan(durationType, ({ ns }, [to]) => new Span(clamp(roundAway(ns, spanOf(to).ns))), ['duration']),
  String: ofSpan(stringType, ({ ns }) => formatSpan(ns)),
};

/** Whole units and the rest apart, as Go adds them up. */
function inUnits(ns: bigint, unit: bigint): number {
  return Number(ns / unit) + Number(ns % unit) / Number(unit);
}
