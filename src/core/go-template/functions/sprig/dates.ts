import { formatGoDuration, parseGoDuration } from '#core/time/duration.js';
import { formatGoTime, utc, type Zone } from '#core/time/go-layout.js';
import { parseGoTime } from '#core/time/go-parse.js';
import { Moment, Span } from '#core/expr/values/special.js';
import type { Machine } from '../../machine.js';
import { TemplateError } from '../../template-error.js';
import type { Datum } from '../../value.js';
import { type FunctionTable, textAt } from '../argument.js';
import { toInt } from './numbers.js';

function now(machine: Machine): Moment {
  return new Moment(BigInt(Math.floor(machine.nowMs)) * 1_000_000n);
}

/** A time, or seconds since 1970; anything else is now, as in sprig. */
function momentOf(value: Datum, machine: Machine): Moment {
  if (value instanceof Moment) return value;
  if (typeof value === 'bigint' || typeof value === 'number')
    return new Moment(toInt(value) * 1_000_000_000n);
  return now(machine);
}

/** The zone of that IANA name at that moment; UTC when there is none of the name. */
function zoneOf(name: string, at: Moment): Zone {
  if (name === '' || name === 'UTC' || name === 'Local') return utc;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const ms = Number(at.epochNs / 1_000_000n);
    const part = (kind: Intl.DateTimeFormat) =>
      kind.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const offset = /([+-])(\d{2}):(\d{2})/.exec(part(format));
    const minutes = offset === null ? 0 : Number(offset[2]) * 60 + Number(offset[3]);
    const short = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' });
    return { name: part(short), offsetMinutes: offset?.[1] === '-' ? -minutes : minutes };
  } catch (thrown) {
    // The platform's answer to a name that is none; sprig goes on in UTC too.
    if (thrown instanceof RangeError) return utc;
    throw thrown;
  }
}

function inZone(args: readonly Datum[], machine: Machine): string {
  const at = momentOf(args[1] ?? null, machine);
  return formatGoTime(at.epochNs, textAt(args, 0), zoneOf(textAt(args, 2), at));
}

function durationMs(value: Datum): number {
  if (value instanceof Span) return Number(value.ns) / 1e6;
  return typeof value === 'string' ? (parseGoDuration(value) ?? 0) : Number(toInt(value)) / 1e6;
}

function ago(value: Datum, machine: Machine): string {
  const ms = machine.nowMs - Number(momentOf(value, machine).epochNs / 1_000_000n);
  return formatGoDuration(Math.round(ms / 1000) * 1000);
}

function modified(args: readonly Datum[], machine: Machine): Datum {
  const ms = parseGoDuration(textAt(args, 0));
  const at = momentOf(args[1] ?? null, machine);
  return ms === undefined ? at : new Moment(at.epochNs + BigInt(Math.round(ms * 1e6)));
}

const roundUnits: readonly (readonly [name: string, ms: number])[] = [
  ['y', 31_536_000_000],
  ['mo', 2_592_000_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

function rounded(value: Datum, machine: Machine): string {
  const ms = value instanceof Moment ? machine.nowMs - Number(value.epochNs / 1_000_000n) : durationMs(value);
  const abs = Math.abs(ms);
  const unit = roundUnits.find(([, size]) => abs >= size);
  return unit === undefined ? '0s' : `${ms < 0 ? '-' : ''}${Math.floor(abs / unit[1])}${unit[0]}`;
}

function toDate(args: readonly Datum[]): Datum {
  const epochNs = parseGoTime(textAt(args, 1), textAt(args, 0));
  return epochNs === undefined ? new Moment(-62_135_596_800n * 1_000_000_000n) : new Moment(epochNs);
}

/** Sprig's functions on times; the local zone is UTC. */
export const dateFunctions: FunctionTable = {
  now: (_args, machine) => now(machine),
  date: (args, machine) => inZone([args[0] ?? null, args[1] ?? null, 'UTC'], machine),
  dateInZone: inZone,
  date_in_zone: inZone,
  htmlDate: ([at = null], machine) => inZone(['2006-01-02', at, 'UTC'], machine),
  htmlDateInZone: ([at = null, zone = null], machine) => inZone(['2006-01-02', at, zone], machine),
  dateModify: modified,
  date_modify: modified,
  ago: ([at = null], machine) => ago(at, machine),
  duration: ([seconds = null]) => formatGoDuration(Number(toInt(seconds)) * 1000),
  durationRound: ([value = null], machine) => rounded(value, machine),
  unixEpoch: ([at = null], machine) => String(momentOf(at, machine).epochNs / 1_000_000_000n),
  toDate,
  mustToDate: (args) => {
    const epochNs = parseGoTime(textAt(args, 1), textAt(args, 0));
    if (epochNs === undefined) throw new TemplateError(`cannot parse ${JSON.stringify(args[1])} as a time`);
    return new Moment(epochNs);
  },
};
