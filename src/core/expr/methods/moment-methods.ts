import { dayName, dayOfYear, monthName } from '#core/time/go-layout.js';
import { type ClockSetting, fromWallClock, toWallClock, utcLocation } from '#core/time/location.js';
import { ExprError } from '../expr-error.js';
import {
  boolType,
  durationType,
  int64Type,
  intType,
  locationType,
  monthType,
  stringType,
  timeType,
  weekdayType,
} from '../types/value-type.js';
import { formatMoment, formatValue } from '../values/format.js';
import { int64, Moment, NamedInt, Place, Span } from '../values/special.js';
import {
  type Method,
  intOf,
  momentOf,
  nsPerMs,
  nsPerSecond,
  ofMoment,
  placeOf,
  spanOf,
  textOf,
} from './method.js';
import { clamp, floorBy, roundUpHalf } from './rounding.js';

/** The calendar of the moment's place, as a date in UTC. */
function calendarOf({ epochNs, location }: Moment): Date {
  return new Date(toWallClock(Number(floorBy(epochNs, nsPerMs) / nsPerMs), location));
}

const calendar = (read: (date: Date) => number): Method =>
  ofMoment(intType, (self) => BigInt(read(calendarOf(self))));

const epoch = (unit: bigint): Method =>
  ofMoment(int64Type, ({ epochNs }) => int64(BigInt.asIntN(64, floorBy(epochNs, unit) / unit)));

const comparison = (test: (a: bigint, b: bigint) => boolean): Method =>
  ofMoment(boolType, (self, [other]) => test(self.epochNs, momentOf(other).epochNs), ['time']);

/** The methods of times by Go's names. */
export const momentMethods: Readonly<Record<string, Method>> = {
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
