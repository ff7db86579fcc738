/** What a clock shows at one moment in one place. */
export interface ClockSetting {
  /** `CET`, or the offset (`+0530`, `-03`) where there is no name. */
  readonly abbreviation: string;
  /** East of Greenwich is positive. */
  readonly offsetSeconds: number;
}

/** A time zone with its rules. */
export interface Location {
  readonly name: string;
  at(epochMs: number): ClockSetting;
}

/** A zone with one offset at all times. An empty name prints as the offset. */
export function fixedLocation(name: string, offsetSeconds: number): Location {
  const setting = {
    abbreviation: name === '' ? offsetText(offsetSeconds).padEnd(5, '0') : name,
    offsetSeconds,
  };
  return { name, at: () => setting };
}

export const utcLocation: Location = fixedLocation('UTC', 0);

const known = new Map<string, Location>();

/** The zone of an IANA name in its exact spelling (`''` is UTC, `Local` too); `undefined` when there is none. */
export function findLocation(name: string): Location | undefined {
  if (name === '' || name === 'UTC') return utcLocation;
  if (name === 'Local') return fixedLocalLocation;
  const found = known.get(name) ?? loadLocation(name);
  if (found !== undefined) known.set(name, found);
  return found;
}

const fixedLocalLocation: Location = { name: 'Local', at: () => ({ abbreviation: 'UTC', offsetSeconds: 0 }) };

/** Where the short name of a zone is common; the first that knows one wins. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA', 'en-HK'];

function loadLocation(name: string): Location | undefined {
  if (!/^[A-Z][\w+/-]*$/.test(name)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const shorts = locales.map(
      (locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }),
    );
    return { name, at: (epochMs) => settingAt(name, format, shorts, epochMs) };
  } catch {
    // Intl throws for a name that it does not know, which is an answer here.
    return undefined;
  }
}

function settingAt(
  name: string,
  format: Intl.DateTimeFormat,
  shorts: readonly Intl.DateTimeFormat[],
  epochMs: number,
): ClockSetting {
  const offsetSeconds = parseOffset(zoneName(format, epochMs));
  if (epochMs < firstNamesMs) return { abbreviation: 'LMT', offsetSeconds };
  const abbreviation =
    shortName(shorts, epochMs, offsetSeconds) ??
    laterName(format, shorts, offsetSeconds) ??
    asianNames[name]?.[offsetSeconds] ??
    offsetText(offsetSeconds);
  return { abbreviation, offsetSeconds };
}

function shortName(
  shorts: readonly Intl.DateTimeFormat[],
  epochMs: number,
  offsetSeconds: number,
): string | undefined {
  return shorts
    .map((each) => zoneName(each, epochMs))
    .find((text) => /^[A-Z]{3,5}$/.test(text) && (text !== 'GMT' || offsetSeconds === 0));
}

/** Before railways every place had the time of its sun, which the zone database calls local mean time. */
const firstNamesMs = Date.UTC(1880, 0, 1);

/** A winter and a summer of our time. */
const laterMs: readonly number[] = [Date.UTC(2023, 0, 15), Date.UTC(2023, 6, 15)];

/** Names are known for our time only: the same offset had the same name before. */
function laterName(
  format: Intl.DateTimeFormat,
  shorts: readonly Intl.DateTimeFormat[],
  offsetSeconds: number,
): string | undefined {
  const alike = laterMs.find((epochMs) => parseOffset(zoneName(format, epochMs)) === offsetSeconds);
  return alike === undefined ? undefined : shortName(shorts, alike, offsetSeconds);
}

/** Zones that have a short name in the zone database but not in any of the locales. */
const asianNames: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'Asia/Tokyo': { 32400: 'JST' },
  Japan: { 32400: 'JST' },
  'Asia/Seoul': { 32400: 'KST' },
  'Asia/Shanghai': { 28800: 'CST' },
  'Asia/Taipei': { 28800: 'CST' },
  'Asia/Manila': { 28800: 'PST' },
  'Asia/Makassar': { 28800: 'WITA' },
  'Asia/Jakarta': { 25200: 'WIB' },
  'Asia/Jayapura': { 32400: 'WIT' },
  'Asia/Karachi': { 18000: 'PKT' },
  'Asia/Jerusalem': { 7200: 'IST', 10800: 'IDT' },
  'Europe/Moscow': { 10800: 'MSK', 14400: 'MSD' },
  'America/Havana': { [-18000]: 'CST', [-14400]: 'CDT' },
};

function zoneName(format: Intl.DateTimeFormat, epochMs: number): string {
  return format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

function parseOffset(text: string): number {
  const match = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -seconds : seconds;
}

function offsetText(offsetSeconds: number): string {
  const minutes = Math.floor(Math.abs(offsetSeconds) / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = minutes % 60 === 0 ? '' : two(minutes % 60);
  return `${offsetSeconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${rest}`;
}

/** The moment, in milliseconds since 1970, at which a clock in the place shows what a clock in UTC shows at `wallMs`. */
export function fromWallClock(wallMs: number, location: Location): number {
  const guess = location.at(wallMs).offsetSeconds;
  if (guess === 0) return wallMs;
  return wallMs - location.at(wallMs - guess * 1000).offsetSeconds * 1000;
}

/** What a clock in UTC would have to show for the calendar to read as in the place. */
export function toWallClock(epochMs: number, location: Location): number {
  return epochMs + location.at(epochMs).offsetSeconds * 1000;
}
