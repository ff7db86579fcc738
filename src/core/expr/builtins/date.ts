import { parseTimeInLocation } from '#core/time/go-parse.js';
import { type Location, findLocation, utcLocation } from '#core/time/location.js';
import { ExprError } from '../expr-error.js';
import { type ValueType, durationType, locationType, timeType } from '../types/value-type.js';
import { parseSpan } from '../values/span.js';
import { Moment, Place, Span } from '../values/special.js';
import type { Value } from '../values/value.js';
import { textAt } from './argument.js';
import type { Builtin } from './builtin.js';

/** What a date without a layout may look like, tried in this order. */
const layouts: readonly string[] = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

function locationNamed(name: string): Location {
  const location = findLocation(name);
  if (location === undefined) throw new ExprError(`unknown time zone ${name}`);
  return location;
}

/** `date([zone value,] text [, layout [, zone name]])`. */
function toMoment(args: readonly Value[]): Moment {
  const [first] = args;
  const texts = first instanceof Place ? args.slice(1) : args;
  const text = textAt(texts, 0);
  const layout = texts[1] === undefined ? undefined : textAt(texts, 1);
  const given = first instanceof Place ? first.location : utcLocation;
  const location = texts[2] === undefined ? given : locationNamed(textAt(texts, 2));
  for (const each of layout === undefined ? layouts : [layout]) {
    const parsed = parseTimeInLocation(text, each, location);
    if (parsed !== undefined) return new Moment(parsed.epochNs, parsed.location);
  }
  if (layout === undefined) throw new ExprError(`invalid date ${text}`);
  throw new ExprError(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: it does not fit`);
}

function toSpan(text: string): Span {
  const ns = parseSpan(text);
  if (ns === undefined) throw new ExprError(`time: invalid duration ${JSON.stringify(text)}`);
  return new Span(ns);
}

function countProblem(args: readonly ValueType[]): string | undefined {
  const max = args[0]?.kind === 'location' ? 4 : 3;
  if (args.length === 0) return 'invalid number of arguments (expected at least 1, got 0)';
  if (args.length <= max) return undefined;
  return `invalid number of arguments (expected at most ${max}, got ${args.length})`;
}

/** Moments, lengths of time and time zones. */
export const dateBuiltins: Readonly<Record<string, Builtin>> = {
  now: {
    params: [],
    result: timeType,
    run: (_, machine) => new Moment(BigInt(Math.round(machine.nowMs * 1e6))),
  },
  duration: { params: ['string'], result: durationType, run: (args) => toSpan(textAt(args, 0)) },
  timezone: {
    params: ['string'],
    result: locationType,
    run: (args) => new Place(locationNamed(textAt(args, 0))),
  },
  date: {
    params: ['any'],
    optional: 1,
    variadic: true,
    problem: countProblem,
    result: timeType,
    run: toMoment,
  },
};
