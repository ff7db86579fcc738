import { dayName, dayOfYear, monthName } from '#core/time/go-layout.js';
import { fromWallClock, toWallClock, utcLocation, type ClockSetting } from '#core/time/location.js';
import { ExprError } from './expr-error.js';
import { formatSpan } from './span.js';
import {
  describeValue,
  formatMoment,
  formatValue,
  Moment,
  NamedInt,
  Place,
  Span,
  type Value,
} from './value.js';
import type { Param } from './builtin.js';
import {
  boolType,
  durationType,
  floatType,
  intType,
  locationType,
  monthType,
  stringType,
  timeType,
  weekdayType,
  type ValueType,
} from './value-type.js';

/** A method of a time, duration, month, weekday or time zone. */
export interface Method {
  readonly params: readonly Param[];
  readonly result: ValueType;
  run(self: Value, args: readonly Value[]): Value;
}

const nsPerMs = 1_000_000n;
const nsPerSecond = 1_000_000_000n;

/** The method of values of this type by Go's name; `undefined` when there is none. */
export function findMethod(kind: ValueType['kind'], name: string): Method | undefined {
  const methods = methodsOf[kind];
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

/**
 * A method as a template calls it: ints may stand for durations, and months and days of the week are their names.
 * Throws ExprError for an unknown name or wrong arguments.
 */
export function callTimeMethod(
  self: Moment | Span,
  name: string,
  args: readonly Value[],
): number | bigint | boolean | string | Moment | Span {
  const method = findMethod(self instanceof Moment ? 'time' : 'duration', name);
  if (method === undefined) throw new ExprError(`type ${describeValue(self)} has no method ${name}`);
  const given = args.map((arg, i) =>
    method.params[i] === 'duration' && typeof arg === 'bigint' ? new Span(arg) : arg,
  );
  const value = method.run(self, given);
  if (value instanceof Moment || value instanceof Span || typeof value === 'string') return value;
  const isPlain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  return isPlain ? value : formatValue(value);
}

function momentOf(value: Value | undefined): Moment {
  if (value instanceof Moment) return value;
  throw wrong(value, 'time.Time');
}

function spanOf(value: Value | undefined): Span {
  if (value instanceof Span) return value;
  throw wrong(value, 'time.Duration');
}

function intOf(value: Value | undefined): number {
  if (typeof value === 'bigint') return Number(value);
  if (value === null) return 0;
  throw wrong(value, 'int');
}

function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw wrong(value, 'string');
}

function placeOf(value: Value | undefined): Place {
  if (value instanceof Place) return value;
  throw wrong(value, '*time.Location');
}

function wrong(value: Value | undefined, wanted: string): ExprError {
  return new ExprError(
    `interface conversion: interface {} is ${describeValue(value ?? null)}, not ${wanted}`,
  );
}

const ofMoment = (
  result: ValueType,
  run: (self: Moment, args: readonly Value[]) => Value,
  params: readonly Param[] = [],
): Method => ({ params, result, run: (self, args) => run(momentOf(self), args) });

const ofSpan = (
  result: ValueType,
  run: (self: Span, args: readonly Value[]) => Value,
  params: readonly Param[] = [],
): Method => ({ params, result, run: (self, args) => run(spanOf(self), args) });

/** The calendar of the moment's place, as a date in UTC. */
function calendarOf({ epochNs, location }: Moment): Date {
  return new Date(toWallClock(Number(floorBy(epochNs, nsPerMs) / nsPerMs), location));
}

const calendar = (read: (date: Date) => number): Method =>
  ofMoment(intType, (self) => BigInt(read(calendarOf(self))));

const epoch = (unit: bigint): Method =>
  ofMoment(intType, ({ epochNs }) => BigInt.asIntN(64, floorBy(epochNs, unit) / unit));

const comparison = (test: (a: bigint, b: bigint) => boolean): Method =>
  ofMoment(boolType, (self, [other]) => test(self.epochNs, momentOf(other).epochNs), ['time']);

const momentMethods: Readonly<Record<string, Method>> = {
  Year: calendar((date) => date.getUTCFullYear()),
  Month: ofMoment(monthType, (self) => {
    const month = calendarOf(self).getUTCMonth() + 1;
    return new NamedInt('month', BigInt(month), monthName(month));
  }),
  Day: calendar((date) => date.getUTCDate()),
  Hour: calendar((date) => date.getUTCHours()),
  Minute: calendar((date) => date.getUTCMinutes()),
  Second: calendar((date) => date.getUTCSeconds()),
  Weekday: ofMoment(weekdayType, (self) => {
    const day = calendarOf(self).getUTCDay();
    return new NamedInt('weekday', BigInt(day), dayName(day));
  }),
  YearDay: calendar(dayOfYear),
  ISOWeek: calendar(isoYear),
  Nanosecond: ofMoment(intType, ({ epochNs }) => epochNs - floorBy(epochNs, nsPerSecond)),
  Unix: epoch(nsPerSecond),
  UnixMilli: epoch(nsPerMs),
  UnixMicro: epoch(1000n),
  UnixNano: epoch(1n),
  Format: ofMoment(stringType, (self, [layout]) => formatMoment(self, textOf(layout)), ['string']),
  Add: ofMoment(timeType, (self, [span]) => moved(self, self.epochNs + spanOf(span).ns), ['duration']),
  Sub: ofMoment(durationType, (self, [other]) => new Span(clamp(self.epochNs - momentOf(other).epochNs)), [
    'time',
  ]),
  AddDate: ofMoment(timeType, (self, args) => addDate(self, intOf(args[0]), intOf(args[1]), intOf(args[2])), [
    'int',
    'int',
    'int',
  ]),
  Before: comparison((a, b) => a < b),
  After: comparison((a, b) => a > b),
  Equal: comparison((a, b) => a === b),
  Compare: ofMoment(
    intType,
    (self, [other]) => {
      const { epochNs } = momentOf(other);
      return self.epochNs < epochNs ? -1n : self.epochNs > epochNs ? 1n : 0n;
    },
    ['time'],
  ),
  UTC: ofMoment(timeType, ({ epochNs }) => new Moment(epochNs, utcLocation)),
  Local: ofMoment(timeType, ({ epochNs }) => new Moment(epochNs, utcLocation)),
  In: ofMoment(timeType, ({ epochNs }, [place]) => new Moment(epochNs, placeOf(place).location), [
    'location',
  ]),
  Location: ofMoment(locationType, ({ location }) => new Place(location)),
  Truncate: ofMoment(
    timeType,
    (self, [span]) => moved(self, zeroNs + floorBy(self.epochNs - zeroNs, spanOf(span).ns)),
    ['duration'],
  ),
  Round: ofMoment(
    timeType,
    (self, [span]) => moved(self, zeroNs + roundUpHalf(self.epochNs - zeroNs, spanOf(span).ns)),
    ['duration'],
  ),
  IsZero: ofMoment(boolType, ({ epochNs }) => epochNs === zeroNs),
  Zone: ofMoment(stringType, (self) => settingOf(self).abbreviation),
  IsDST: ofMoment(boolType, isSummerTime),
  String: ofMoment(stringType, (self) => formatValue(self)),
};

/** The first of January of the year 1, which is Go's zero time; rounding counts from it. */
const zeroNs = -62_135_596_800n * nsPerSecond;

const spanMethods: Readonly<Record<string, Method>> = {
  Hours: ofSpan(floatType, ({ ns }) => inUnits(ns, 3_600n * nsPerSecond)),
  Minutes: ofSpan(floatType, ({ ns }) => inUnits(ns, 60n * nsPerSecond)),
  Seconds: ofSpan(floatType, ({ ns }) => inUnits(ns, nsPerSecond)),
  Milliseconds: ofSpan(intType, ({ ns }) => ns / nsPerMs),
  Microseconds: ofSpan(intType, ({ ns }) => ns / 1000n),
  Nanoseconds: ofSpan(intType, ({ ns }) => ns),
  Abs: ofSpan(durationType, ({ ns }) => new Span(clamp(ns < 0n ? -ns : ns))),
  Truncate: ofSpan(
    durationType,
    ({ ns }, [to]) => new Span(spanOf(to).ns <= 0n ? ns : ns - (ns % spanOf(to).ns)),
    ['duration'],
  ),
  Round: ofSpan(durationType, ({ ns }, [to]) => new Span(clamp(roundAway(ns, spanOf(to).ns))), ['duration']),
  String: ofSpan(stringType, ({ ns }) => formatSpan(ns)),
};

const nameMethods: Readonly<Record<string, Method>> = {
  String: { params: [], result: stringType, run: (self) => formatValue(self) },
};

const methodsOf: Partial<Readonly<Record<ValueType['kind'], Readonly<Record<string, Method>>>>> = {
  time: momentMethods,
  duration: spanMethods,
  month: nameMethods,
  weekday: nameMethods,
  location: nameMethods,
};

function settingOf({ epochNs, location }: Moment): ClockSetting {
  return location.at(Number(floorBy(epochNs, nsPerMs) / nsPerMs));
}

/** Whether the clocks of the place are ahead of what they show half a year away. */
function isSummerTime(self: Moment): boolean {
  const halfYearNs = 182n * 86_400n * nsPerSecond;
  const other = settingOf(moved(self, self.epochNs - halfYearNs));
  return settingOf(self).offsetSeconds > other.offsetSeconds;
}

function moved(self: Moment, epochNs: bigint): Moment {
  return new Moment(epochNs, self.location);
}

/** Whole units and the rest apart, as Go adds them up. */
function inUnits(ns: bigint, unit: bigint): number {
  return Number(ns / unit) + Number(ns % unit) / Number(unit);
}

function clamp(ns: bigint): bigint {
  const max = 2n ** 63n - 1n;
  return ns > max ? max : ns < -max - 1n ? -max - 1n : ns;
}

function addDate(self: Moment, years: number, months: number, days: number): Moment {
  const before = calendarOf(self);
  const after = new Date(before);
  after.setUTCFullYear(
    before.getUTCFullYear() + years,
    before.getUTCMonth() + months,
    before.getUTCDate() + days,
  );
  const belowMs = self.epochNs - floorBy(self.epochNs, nsPerMs);
  if (Number.isNaN(after.getTime())) throw new ExprError('the date is out of range');
  const epochMs = fromWallClock(after.getTime(), self.location);
  return moved(self, BigInt(epochMs) * nsPerMs + belowMs);
}

/** The year to which the ISO week of a date belongs: that of its Thursday. */
function isoYear(date: Date): number {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
  return thursday.getUTCFullYear();
}

function floorBy(value: bigint, step: bigint): bigint {
  if (step <= 0n) return value;
  const rest = ((value % step) + step) % step;
  return value - rest;
}

function roundUpHalf(value: bigint, step: bigint): bigint {
  if (step <= 0n) return value;
  const low = floorBy(value, step);
  return value - low + (value - low) < step ? low : low + step;
}

/** Half away from zero. */
function roundAway(value: bigint, step: bigint): bigint {
  return value < 0n ? -roundUpHalf(-value, step) : roundUpHalf(value, step);
}
