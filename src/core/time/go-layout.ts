/** Where a clock stands against UTC. */
export interface Zone {
  readonly name: string;
  readonly offsetMinutes: number;
}

export const utc: Zone = { name: 'UTC', offsetMinutes: 0 };

/** From January. */
export const monthNames: readonly string[] =
  'January February March April May June July August September October November December'.split(' ');
/** From Sunday. */
export const weekdayNames: readonly string[] =
  'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** The elements of Go's reference time, longest first where one begins with another. */
const element =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|06|002|01|02|03|04|05|__2|_2(?!006)|15|PM|pm|Z070000|Z07:00:00|Z0700|Z07:00|Z07|-070000|-07:00:00|-0700|-07:00|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g;

/** A layout in pieces: plain text and the element behind it, which is empty at the end. */
export function layoutParts(layout: string): readonly { before: string; element: string }[] {
  const parts: { before: string; element: string }[] = [];
  let last = 0;
  for (const match of layout.matchAll(element)) {
    parts.push({ before: layout.slice(last, match.index), element: match[0] });
    last = match.index + match[0].length;
  }
  return [...parts, { before: layout.slice(last), element: '' }];
}

/** The name of a month, from 1, and of a day of the week, from 0 for Sunday, as Go has them. */
export function monthName(month: number): string {
  return monthNames[month - 1] ?? '';
}

export function dayName(day: number): string {
  return weekdayNames[day] ?? '';
}

/**
 * A moment by a layout of Go (`2006-01-02 15:04:05`).
 *
 * @param epochNs - nanoseconds since 1970 in UTC.
 */
export function formatGoTime(epochNs: bigint, layout: string, zone: Zone = utc): string {
  const ms = floorDiv(epochNs, 1_000_000n) + BigInt(Math.round(zone.offsetMinutes * 60_000));
  const at = new Date(Number(ms));
  const nanos = String(epochNs - floorDiv(epochNs, 1_000_000_000n) * 1_000_000_000n).padStart(9, '0');
  return layout.replace(element, (found) => formatElement(found, at, nanos, zone));
}

function formatElement(found: string, at: Date, nanos: string, zone: Zone): string {
  const hour12 = at.getUTCHours() % 12 === 0 ? 12 : at.getUTCHours() % 12;
  const two = (value: number) => String(value).padStart(2, '0');
  const parts: Readonly<Record<string, () => string>> = {
    '2006': () => yearText(at.getUTCFullYear()),
    '06': () => two(at.getUTCFullYear() % 100),
    January: () => monthName(at.getUTCMonth() + 1),
    Jan: () => monthName(at.getUTCMonth() + 1).slice(0, 3),
    '01': () => two(at.getUTCMonth() + 1),
    '1': () => String(at.getUTCMonth() + 1),
    '02': () => two(at.getUTCDate()),
    _2: () => String(at.getUTCDate()).padStart(2),
    '2': () => String(at.getUTCDate()),
    __2: () => String(dayOfYear(at)).padStart(3),
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

function formatOffset(found: string, offsetMinutes: number): string {
  const total = Math.round(offsetMinutes * 60);
  if (found.startsWith('Z') && total === 0) return 'Z';
  const abs = Math.abs(total);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const sign = total < 0 ? '-' : '+';
  const fields = [two(abs / 3600), two((abs % 3600) / 60), two(abs % 60)];
  const count = found.replace(/\D/g, '').length / 2;
  return sign + fields.slice(0, count).join(found.includes(':') ? ':' : '');
}

function yearText(year: number): string {
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;
}

/** From 1. */
export function dayOfYear(at: Date): number {
  // Date.UTC takes the years 0 to 99 for those of the last century.
  const start = new Date(at);
  start.setUTCMonth(0, 1);
  start.setUTCHours(0, 0, 0, 0);
  return Math.floor((at.getTime() - start.getTime()) / 86_400_000) + 1;
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
