import { formatGoTime } from '#core/time/go-layout.js';
import { Dictionary } from './dictionary.js';
import { formatGoFloat } from './go-float.js';
import { compareText } from './order.js';
import { formatSpan } from './span.js';
import { FunctionValue, Moment, NamedInt, Place, SizedInt, Span, Special } from './special.js';
import { type Value } from './value.js';
import { isList } from './shape.js';

/** Go's `%v` of a value. */
export function formatValue(value: Value): string {
  if (value === null) return '<nil>';
  if (value instanceof Special) return formatSpecial(value);
  if (isList(value)) return `[${Array.from(value, formatValue).join(' ')}]`;
  if (typeof value === 'number') return formatGoFloat(value);
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value).sort(compareText);
  return `map[${keys.map((key) => `${key}:${formatValue(value[key] ?? null)}`).join(' ')}]`;
}

function formatSpecial(value: Special): string {
  if (value instanceof Span) return formatSpan(value.ns);
  if (value instanceof Moment) return formatMoment(value, '2006-01-02 15:04:05.999999999 -0700 MST');
  if (value instanceof NamedInt) return value.name;
  if (value instanceof SizedInt) return String(value.number);
  if (value instanceof Place) return value.location.name;
  if (value instanceof Dictionary) return `map[${formatEntries(value).join(' ')}]`;
  return value instanceof FunctionValue ? `func ${value.name}` : '';
}

function formatEntries(dictionary: Dictionary): readonly string[] {
  return dictionary
    .entries()
    .toSorted(([a], [b]) => compareKeys(a, b))
    .map(([key, value]) => `${formatValue(key)}:${formatValue(value)}`);
}

/** The kinds of keys in the order in which Go prints them. */
const kindOrder: readonly string[] = ['object', 'boolean', 'bigint', 'number', 'string'];

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number')
    return Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return Number(a - b);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return kindOrder.indexOf(typeof a) - kindOrder.indexOf(typeof b);
}

/** A moment by a layout of Go, on the clock of its place. */
export function formatMoment({ epochNs, location }: Moment, layout: string): string {
  const { abbreviation, offsetSeconds } = location.at(Number(epochNs / 1_000_000n));
  return formatGoTime(epochNs, layout, { name: abbreviation, offsetMinutes: offsetSeconds / 60 });
}
