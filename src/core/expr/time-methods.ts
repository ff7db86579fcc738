import { formatGoDuration } from '#core/time/duration.js';
import { dayName, dayOfYear, formatGoTime, monthName } from '#core/time/go-layout.js';
import { ExprError } from './expr-error.js';
import { describeValue, formatValue, Moment, Span, type Value } from './value.js';

type Method<T> = (self: T, args: readonly Value[]) => Value;

const nsPerMs = 1_000_000n;

/** A method of a time or duration by Go's name. Times are in UTC. Throws ExprError for an unknown name or wrong arguments. */
export function callTimeMethod(self: Moment | Span, name: string, args: readonly Value[]): Value {
  const method =
    self instanceof Moment ? bound(momentMethods[name], self, args) : bound(spanMethods[name], self, args);
  if (method === undefined) throw new ExprError(`type ${describeValue(self)} has no method ${name}`);
  return method();
}

/** Whether times, or durations, have a method of this name. */
export function hasTimeMethod(kind: 'time' | 'duration', name: string): boolean {
  return Object.hasOwn(kind === 'time' ? momentMethods : spanMethods, name);
}

function bound<T>(method: Method<T> | undefined, self: T, args: readonly Value[]): (() => Value) | undefined {
  return method === undefined ? undefined : () => method(self, args);
}

function dateOf({ epochNs }: Moment): Date {
  return new Date(Number(floorBy(epochNs, nsPerMs) / nsPerMs));
}

function momentAt(args: readonly Value[], index = 0): Moment {
  const value = args[index] ?? null;
  if (value instanceof Moment) return value;
  throw new ExprError(`cannot use ${describeValue(value)} as time.Time`);
}

function spanAt(args: readonly Value[], index = 0): Span {
  const value = args[index] ?? null;
  if (value instanceof Span) return value;
  if (typeof value === 'bigint') return new Span(value);
  throw new ExprError(`cannot use ${describeValue(value)} as time.Duration`);
}

function intAt(args: readonly Value[], index: number): number {
  const value = args[index] ?? null;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  throw new ExprError(`cannot use ${describeValue(value)} as int`);
}

function textAt(args: readonly Value[], index: number): string {
  const value = args[index] ?? null;
  if (typeof value === 'string') return value;
  throw new ExprError(`cannot use ${describeValue(value)} as string`);
}

const calendar =
  (read: (date: Date) => number): Method<Moment> =>
  (self) =>
    BigInt(read(dateOf(self)));

const momentMethods: Readonly<Record<string, Method<Moment>>> = {
  Year: calendar((date) => date.getUTCFullYear()),
  Month: (self) => monthName(dateOf(self).getUTCMonth() + 1),
  Day: calendar((date) => date.getUTCDate()),
  Hour: calendar((date) => date.getUTCHours()),
  Minute: calendar((date) => date.getUTCMinutes()),
  Second: calendar((date) => date.getUTCSeconds()),
  Weekday: (self) => dayName(dateOf(self).getUTCDay()),
  YearDay: calendar(dayOfYear),
  Nanosecond: ({ epochNs }) => epochNs - floorBy(epochNs, 1_000_000_000n),
  Unix: ({ epochNs }) => floorBy(epochNs, 1_000_000_000n) / 1_000_000_000n,
  UnixMilli: ({ epochNs }) => floorBy(epochNs, nsPerMs) / nsPerMs,
  UnixNano: ({ epochNs }) => epochNs,
  Format: (self, args) => formatGoTime(self.epochNs, textAt(args, 0)),
  Add: (self, args) => new Moment(self.epochNs + spanAt(args).ns),
  Sub: (self, args) => new Span(self.epochNs - momentAt(args).epochNs),
  AddDate: (self, args) => addDate(self, intAt(args, 0), intAt(args, 1), intAt(args, 2)),
  Before: (self, args) => self.epochNs < momentAt(args).epochNs,
  After: (self, args) => self.epochNs > momentAt(args).epochNs,
  Equal: (self, args) => self.epochNs === momentAt(args).epochNs,
  Compare: (self, args) => {
    const other = momentAt(args).epochNs;
    return self.epochNs < other ? -1n : self.epochNs > other ? 1n : 0n;
  },
  UTC: (self) => self,
  Local: (self) => self,
  Truncate: (self, args) => new Moment(floorBy(self.epochNs, spanAt(args).ns)),
  Round: (self, args) => new Moment(roundBy(self.epochNs, spanAt(args).ns)),
  IsZero: (self) => self.epochNs === zeroNs,
  String: (self) => formatValue(self),
};

/** The first of January of the year 1, which is Go's zero time. */
const zeroNs = -62_135_596_800n * 1_000_000_000n;

const spanMethods: Readonly<Record<string, Method<Span>>> = {
  Hours: ({ ns }) => Number(ns) / 3.6e12,
  Minutes: ({ ns }) => Number(ns) / 6e10,
  Seconds: ({ ns }) => Number(ns) / 1e9,
  Milliseconds: ({ ns }) => ns / nsPerMs,
  Microseconds: ({ ns }) => ns / 1000n,
  Nanoseconds: ({ ns }) => ns,
  Abs: ({ ns }) => new Span(ns < 0n ? -ns : ns),
  Truncate: ({ ns }, args) => new Span(by(spanAt(args).ns) === 0n ? ns : ns - (ns % by(spanAt(args).ns))),
  Round: ({ ns }, args) => new Span(roundBy(ns, spanAt(args).ns)),
  String: ({ ns }) => formatGoDuration(Number(ns) / 1e6),
};

function by(ns: bigint): bigint {
  return ns > 0n ? ns : 0n;
}

function addDate(self: Moment, years: number, months: number, days: number): Moment {
  const date = dateOf(self);
  const ms = Date.UTC(
    date.getUTCFullYear() + years,
    date.getUTCMonth() + months,
    date.getUTCDate() + days,
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  );
  return new Moment(self.epochNs + (BigInt(ms) - BigInt(date.getTime())) * nsPerMs);
}

function floorBy(value: bigint, step: bigint): bigint {
  if (step <= 0n) return value;
  const rest = ((value % step) + step) % step;
  return value - rest;
}

function roundBy(value: bigint, step: bigint): bigint {
  if (step <= 0n) return value;
  const low = floorBy(value, step);
  return value - low + (value - low) < step ? low : low + step;
}
