/** Where a clock stands against UTC. */
export interface Zone {
  readonly name: string;
  readonly offsetMinutes: number;
}

export const utc: Zone = { name: 'UTC', offsetMinutes: 0 };

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** The elements of Go's reference time, longest first where one begins with another. */
const element =
  /January|Jan|Monday|Mon|MST|2006|06|002|01|02|03|04|05|_2|15|PM|pm|Z07:00|Z0700|Z07|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g;

/** The name of a month, from 1, and of a day of the week, from 0 for Sunday, as Go has them. */
export function monthName(month: number): string {
  return months[month - 1] ?? '';
}

export function dayName(day: number): string {
  return days[day] ?? '';
}

/**
 * A moment by a layout of Go (`2006-01-02 15:04:05`).
 *
 * @param epochNs - nanoseconds since 1970 in UTC.
 */
export function formatGoTime(epochNs: bigint, layout: string, zone: Zone = utc): string {
  const ms = floorDiv(epochNs, 1_000_000n) + BigInt(zone.offsetMinutes) * 60_000n;
  const at = new Date(Number(ms));
  const nanos = String(epochNs - floorDiv(epochNs, 1_000_000_000n) * 1_000_000_000n).padStart(9, '0');
  return layout.replace(element, (found) => formatElement(found, at, nanos, zone));
}

function formatElement(found: string, at: Date, nanos: string, zone: Zone): string {
  const hour12 = at.getUTCHours() % 12 === 0 ? 12 : at.getUTCHours() % 12;
  const two = (value: number) => String(value).padStart(2, '0');
  const parts: Readonly<Record<string, () => string>> = {
    '2006': () => String(at.getUTCFullYear()).padStart(4, '0'),
    '06': () => two(at.getUTCFullYear() % 100),
    January: () => monthName(at.getUTCMonth() + 1),
    Jan: () => monthName(at.getUTCMonth() + 1).slice(0, 3),
    '01': () => two(at.getUTCMonth() + 1),
    '1': () => String(at.getUTCMonth() + 1),
    '02': () => two(at.getUTCDate()),
    _2: () => String(at.getUTCDate()).padStart(2),
    '2': () => String(at.getUTCDate()),
    '002': () => String(dayOfYear(at)).padStart(3, '0'),
    Monday: () => dayName(at.getUTCDay()),
    Mon: () => dayName(at.getUTCDay()).slice(0, 3),
    '15': () => two(at.getUTCHours()),
    '03': () => two(hour12),
    '3': () => String(hour12),
    PM: () => (at.getUTCHours() < 12 ? 'AM' : 'PM'),
    pm: () => (at.getUTCHours() < 12 ? 'am' : 'pm'),
    '04': () => two(at.getUTCMinutes()),
    '4': () => String(at.getUTCMinutes()),
    '05': () => two(at.getUTCSeconds()),
    '5': () => String(at.getUTCSeconds()),
    MST: () => zone.name,
  };
  return parts[found]?.() ?? formatFraction(found, nanos) ?? formatOffset(found, zone.offsetMinutes);
}

function formatFraction(found: string, nanos: string): string | undefined {
  if (!/^[.,]/.test(found)) return undefined;
  const digits = nanos.slice(0, found.length - 1);
  if (found.charAt(1) === '0') return found.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : found.charAt(0) + trimmed;
}

function formatOffset(found: string, minutes: number): string {
  if (found.startsWith('Z') && minutes === 0) return 'Z';
  const abs = Math.abs(minutes);
  const hour = `${minutes < 0 ? '-' : '+'}${String(Math.floor(abs / 60)).padStart(2, '0')}`;
  const minute = String(abs % 60).padStart(2, '0');
  if (found.endsWith(':00')) return `${hour}:${minute}`;
  return found.endsWith('0700') ? hour + minute : hour;
}

/** From 1. */
export function dayOfYear(at: Date): number {
  return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

const patterns: Readonly<Record<string, readonly [field: string, pattern: string]>> = {
  '2006': ['year', '\\d{4}'],
  '06': ['year', '\\d{2}'],
  '01': ['month', '\\d{2}'],
  '1': ['month', '\\d{1,2}'],
  '02': ['day', '\\d{2}'],
  _2: ['day', '[ \\d]?\\d'],
  '2': ['day', '\\d{1,2}'],
  January: ['month', '[A-Za-z]+'],
  Jan: ['month', '[A-Za-z]{3}'],
  Monday: ['', '[A-Za-z]+'],
  Mon: ['', '[A-Za-z]{3}'],
  '15': ['hour', '\\d{2}'],
  '03': ['hour', '\\d{2}'],
  '3': ['hour', '\\d{1,2}'],
  PM: ['half', '[AP]M'],
  pm: ['half', '[ap]m'],
  '04': ['minute', '\\d{2}'],
  '4': ['minute', '\\d{1,2}'],
  '05': ['second', '\\d{2}'],
  '5': ['second', '\\d{1,2}'],
  MST: ['', '[A-Z]{3,4}'],
};

/** Nanoseconds since 1970 of a text in a layout of Go; `undefined` when it does not fit. Without a zone it is UTC. */
export function parseGoTime(text: string, layout: string): bigint | undefined {
  const fields: string[] = [];
  let last = 0;
  let pattern = '^';
  for (const match of layout.matchAll(element)) {
    const [field, part] = patterns[match[0]] ?? (/^[.,]/.test(match[0]) ? fraction : zonePattern);
    pattern += `${escaped(layout.slice(last, match.index))}(?<f${fields.length}>${part})`;
    // Behind the seconds a fraction is read even when the layout has none.
    if (field === 'second' && !fields.includes(field)) pattern += '(?:[.,](?<nanos>\\d+))?';
    fields.push(field);
    last = match.index + match[0].length;
  }
  const groups = new RegExp(`${pattern}${escaped(layout.slice(last))}$`).exec(text);
  if (groups === null) return undefined;
  const read = (name: string) => groups.groups?.[name] ?? '';
  const values = new Map(fields.map((field, i) => [field, read(`f${i}`)]));
  return momentOf(values, BigInt(read('nanos').slice(0, 9).padEnd(9, '0')));
}

const fraction = ['', '(?:[.,]\\d+)?'] as const;
const zonePattern = ['zone', 'Z|[+-]\\d{2}:?\\d{2}|[+-]\\d{2}'] as const;

function momentOf(values: ReadonlyMap<string, string>, nanos: bigint): bigint | undefined {
  const number = (field: string, absent: number) => Number(values.get(field) ?? absent);
  const monthText = values.get('month') ?? '1';
  const month = /^\d/.test(monthText)
    ? Number(monthText)
    : months.findIndex((name) => name.slice(0, 3) === monthText.slice(0, 3)) + 1;
  const half = values.get('half')?.toUpperCase();
  const hour = number('hour', 0);
  const hour24 = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0);
  const day = number('day', 1);
  const year = number('year', 0);
  const ms = Date.UTC(year, month - 1, day, hour24, number('minute', 0), number('second', 0));
  const back = new Date(ms);
  if (month < 1 || back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return undefined;
  return (BigInt(ms) - BigInt(zoneMinutes(values.get('zone')) * 60_000)) * 1_000_000n + nanos;
}

function zoneMinutes(text: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
