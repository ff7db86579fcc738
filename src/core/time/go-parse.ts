import { layoutParts, monthNames, weekdayNames } from './go-layout.js';
import { fixedLocation, fromWallClock, utcLocation, type Location } from './location.js';

/** A moment in the zone that its text names. */
export interface ParsedTime {
  readonly epochNs: bigint;
  readonly location: Location;
}

/**
 * Reads a text by a layout of Go as `time.ParseInLocation` does; `undefined` when it does not fit or names a day or
 * time that does not exist. A text without a zone is in `location`.
 */
export function parseTimeInLocation(
  text: string,
  layout: string,
  location: Location,
): ParsedTime | undefined {
  const state: State = { rest: text, fields: {} };
  const parts = layoutParts(layout);
  for (const [i, { before, element }] of parts.entries()) {
    if (!skip(state, before)) return undefined;
    if (element === '') continue;
    if (!readElement(state, element, parts[i + 1]?.element ?? '')) return undefined;
  }
  return state.rest === '' ? momentOf(state.fields, location) : undefined;
}

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  yearDay?: number;
  hour?: number;
  minute?: number;
  second?: number;
  nanos?: string;
  isAfternoon?: boolean;
  offsetSeconds?: number;
  zoneName?: string;
}

interface State {
  rest: string;
  readonly fields: Fields;
}

/** Steps over the plain text of a layout; a run of blanks in it stands for any run of blanks. */
function skip(state: State, prefix: string): boolean {
  for (const piece of prefix.match(/ +|[^ ]+/g) ?? []) {
    if (piece.startsWith(' ')) {
      if (state.rest !== '' && !state.rest.startsWith(' ')) return false;
      state.rest = state.rest.replace(/^ +/, '');
    } else if (state.rest.startsWith(piece)) state.rest = state.rest.slice(piece.length);
    else return false;
  }
  return true;
}

function take(state: State, pattern: RegExp): string | undefined {
  const text = pattern.exec(state.rest)?.[0];
  if (text !== undefined) state.rest = state.rest.slice(text.length);
  return text;
}

type Reader = (state: State) => boolean;

/** A number that the pattern finds and that lies within bounds. */
const number =
  (pattern: RegExp, keep: (fields: Fields, value: number) => void, low = 0, high = Infinity): Reader =>
  (state) => {
    const text = take(state, pattern);
    if (text === undefined) return false;
    const value = Number(text);
    if (value < low || value > high) return false;
    keep(state.fields, value);
    return true;
  };

const name =
  (names: readonly string[], keep: (fields: Fields, index: number) => void): Reader =>
  (state) => {
    const index = names.findIndex((each) => state.rest.toLowerCase().startsWith(each.toLowerCase()));
    if (index < 0) return false;
    state.rest = state.rest.slice(names[index]?.length ?? 0);
    keep(state.fields, index);
    return true;
  };

const half =
  (morning: string, afternoon: string): Reader =>
  (state) => {
    const text = take(state, /^../s);
    state.fields.isAfternoon = text === afternoon;
    return text === morning || text === afternoon;
  };

const two = /^\d{2}/;
const oneOrTwo = /^\d{1,2}/;
const setYear = (fields: Fields, value: number): void => void (fields.year = value);
const setMonth = (fields: Fields, value: number): void => void (fields.month = value);
const setDay = (fields: Fields, value: number): void => void (fields.day = value);
const setYearDay = (fields: Fields, value: number): void => void (fields.yearDay = value);
const setHour = (fields: Fields, value: number): void => void (fields.hour = value);
const setMinute = (fields: Fields, value: number): void => void (fields.minute = value);
const setSecond = (fields: Fields, value: number): void => void (fields.second = value);
const short = (names: readonly string[]): readonly string[] => names.map((each) => each.slice(0, 3));
const nothing = (): void => {};

const readers: Readonly<Record<string, Reader>> = {
  '2006': number(/^\d{4}/, setYear),
  '06': number(two, (fields, value) => setYear(fields, value >= 69 ? 1900 + value : 2000 + value)),
  January: name(monthNames, (fields, index) => setMonth(fields, index + 1)),
  Jan: name(short(monthNames), (fields, index) => setMonth(fields, index + 1)),
  '01': number(two, setMonth, 1, 12),
  '1': number(oneOrTwo, setMonth, 1, 12),
  Monday: name(weekdayNames, nothing),
  Mon: name(short(weekdayNames), nothing),
  '02': number(two, setDay),
  '2': number(oneOrTwo, setDay),
  _2: number(/^ ?\d{1,2}/, setDay),
  '002': number(/^\d{3}/, setYearDay, 1, 366),
  __2: number(/^ {0,2}\d{1,3}/, setYearDay, 1, 366),
  '15': number(oneOrTwo, setHour, 0, 23),
  '03': number(two, setHour, 0, 12),
  '3': number(oneOrTwo, setHour, 0, 12),
  '04': number(two, setMinute, 0, 59),
  '4': number(oneOrTwo, setMinute, 0, 59),
  '05': number(two, setSecond, 0, 59),
  '5': number(oneOrTwo, setSecond, 0, 59),
  PM: half('AM', 'PM'),
  pm: half('am', 'pm'),
  MST: readZoneName,
};

function readElement(state: State, element: string, next: string): boolean {
  const reader = readers[element];
  if (reader === undefined)
    return /^[.,]/.test(element) ? readFraction(state, element) : readOffset(state, element);
  if (!reader(state)) return false;
  const isSecond = element === '05' || element === '5';
  // Behind the seconds a fraction is read even when the layout has none.
  if (isSecond && !/^[.,]/.test(next)) state.fields.nanos = take(state, /^[.,]\d+/)?.slice(1) ?? '';
  return true;
}

function readFraction(state: State, element: string): boolean {
  const isFixed = element.charAt(1) === '0';
  const pattern = isFixed ? new RegExp(`^[.,]\\d{${element.length - 1}}`) : /^[.,]\d+/;
  const text = take(state, pattern);
  if (text === undefined) return !isFixed;
  state.fields.nanos = text.slice(1);
  return true;
}

const offsetForms: Readonly<Record<string, RegExp>> = {
  '07': /^[+-]\d{2}/,
  '0700': /^[+-]\d{4}/,
  '07:00': /^[+-]\d{2}:\d{2}/,
  '070000': /^[+-]\d{6}/,
  '07:00:00': /^[+-]\d{2}:\d{2}:\d{2}/,
};

function readOffset(state: State, element: string): boolean {
  if (element.startsWith('Z') && state.rest.startsWith('Z')) {
    state.rest = state.rest.slice(1);
    state.fields.zoneName = 'UTC';
    return true;
  }
  const form = offsetForms[element.slice(1)];
  const text = form === undefined ? undefined : take(state, form);
  if (text === undefined) return false;
  const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d{2}/g) ?? []).map(Number);
  if (hours > 24 || minutes > 60 || seconds > 60) return false;
  const size = hours * 3600 + minutes * 60 + seconds;
  state.fields.offsetSeconds = text.startsWith('-') ? -size : size;
  return true;
}

function readZoneName(state: State): boolean {
  const zone = take(
    state,
    /^(?:UTC|ChST|MeST|GMT[+-]\d{1,2}|[+-]\d{2}|WITA|[A-Z]{4}T(?![A-Z])|[A-Z]{3}T(?![A-Z])|[A-Z]{3}(?![A-Z]))/,
  );
  if (zone === undefined) return false;
  state.fields.zoneName = zone;
  return true;
}

function momentOf(fields: Fields, location: Location): ParsedTime | undefined {
  const wallMs = wallClock(fields);
  if (wallMs === undefined) return undefined;
  const nanos = BigInt((fields.nanos ?? '').slice(0, 9).padEnd(9, '0'));
  const make = (epochMs: number, where: Location): ParsedTime => ({
    epochNs: BigInt(epochMs) * 1_000_000n + nanos,
    location: where,
  });
  const { offsetSeconds, zoneName = '' } = fields;
  if (offsetSeconds !== undefined)
    return make(wallMs - offsetSeconds * 1000, offsetLocation(fields, wallMs, location));
  if (zoneName === 'UTC') return make(wallMs, utcLocation);
  if (zoneName === '') return make(fromWallClock(wallMs, location), location);
  const setting = [wallMs, wallMs - 182 * 86_400_000, wallMs + 182 * 86_400_000]
    .map((ms) => location.at(ms))
    .find(({ abbreviation }) => abbreviation === zoneName);
  if (setting !== undefined) return make(wallMs - setting.offsetSeconds * 1000, location);
  const hours = /^GMT([+-]\d+)$/.exec(zoneName)?.[1];
  return make(wallMs, fixedLocation(zoneName, hours === undefined ? 0 : Number(hours) * 3600));
}

/** The given place when its clocks show that offset then, else a zone of that offset alone. */
function offsetLocation(
  { offsetSeconds = 0, zoneName = '' }: Fields,
  wallMs: number,
  location: Location,
): Location {
  const setting = location.at(wallMs - offsetSeconds * 1000);
  const isThere =
    setting.offsetSeconds === offsetSeconds && (zoneName === '' || setting.abbreviation === zoneName);
  if (isThere) return location;
  return fixedLocation(zoneName, offsetSeconds);
}

/** What a clock in UTC would show, in milliseconds since 1970; `undefined` for a day that does not exist. */
function wallClock(fields: Fields): number | undefined {
  const { year = 0, yearDay, month = 1, day = 1, hour = 0, minute = 0, second = 0, isAfternoon } = fields;
  const date = new Date(0);
  if (yearDay === undefined) date.setUTCFullYear(year, month - 1, day);
  else date.setUTCFullYear(year, 0, yearDay);
  const isReal =
    yearDay === undefined
      ? date.getUTCMonth() === month - 1 && date.getUTCDate() === day
      : date.getUTCFullYear() === year;
  if (!isReal) return undefined;
  const afternoon = isAfternoon === true && hour < 12 ? hour + 12 : hour;
  date.setUTCHours(isAfternoon === false && hour === 12 ? 0 : afternoon, minute, second);
  return date.getTime();
}

/** Nanoseconds since 1970 of a text in a layout of Go; `undefined` when it does not fit. Without a zone it is UTC. */
export function parseGoTime(text: string, layout: string): bigint | undefined {
  return parseTimeInLocation(text, layout, utcLocation)?.epochNs;
}
