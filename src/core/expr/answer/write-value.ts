import { ExprError } from '../expr-error.js';
import { Dictionary } from '../values/dictionary.js';
import { formatMoment, formatValue } from '../values/format.js';
import { formatPlainFloat } from '../values/go-float.js';
import { formatSpan } from '../values/span.js';
import { Moment, NamedInt, SizedInt, Span } from '../values/special.js';
import { readBytes } from '../values/typed-list.js';
import { type Value } from '../values/value.js';
import { isList, isMap } from '../values/shape.js';

const maxDepth = 1000;

/** The name of the type of a value: int, float, bool, string, nil, array, map, bytes, duration or time. */
export function kindName(value: Value): string {
  if (value === null) return 'nil';
  if (readBytes(value) !== undefined) return 'bytes';
  if (isList(value)) return 'array';
  if (isMap(value) || value instanceof Dictionary) return 'map';
  if (value instanceof Span) return 'duration';
  if (value instanceof Moment) return 'time';
  if (value instanceof NamedInt || value instanceof SizedInt) return 'int';
  const names: Readonly<Record<string, string>> = { bigint: 'int', number: 'float', boolean: 'bool' };
  return names[typeof value] ?? 'string';
}

/**
 * A value as JSON on one line: ints with all their digits, `{"$float": "NaN"}`, `"+Inf"`, `"-Inf"` for floats that are no
 * numbers, `{"$map": [[k, v]]}` for maps with other than text keys, bytes as a list of numbers, durations as `1h30m0s`,
 * times in RFC 3339. Throws ExprError for what is nested too deeply to be written.
 */
export function writeValue(value: Value, depth = 0): string {
  if (depth > maxDepth) throw new ExprError('the value is nested too deeply to be shown');
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return writeFloat(value);
  if (value instanceof Span) return JSON.stringify(formatSpan(value.ns));
  if (value instanceof Moment)
    return JSON.stringify(formatMoment(value, '2006-01-02T15:04:05.999999999Z07:00'));
  if (value instanceof NamedInt || value instanceof SizedInt) return String(value.number);
  if (value instanceof Dictionary) return writeDictionary(value, depth);
  if (isList(value)) return `[${Array.from(value, (item) => writeValue(item, depth + 1)).join(',')}]`;
  if (isMap(value)) return writeObject(Object.entries(value), depth);
  return JSON.stringify(typeof value === 'object' && value !== null ? formatValue(value) : value);
}

function writeFloat(value: number): string {
  if (!Number.isFinite(value)) return `{"$float":"${formatPlainFloat(value)}"}`;
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

function writeDictionary(dictionary: Dictionary, depth: number): string {
  const entries = dictionary.entries();
  const texts = entries.flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : []));
  if (texts.length === entries.length) return writeObject(texts, depth);
  const pairs = entries.map(([key, value]) => `[${writeValue(key)},${writeValue(value, depth + 1)}]`);
  return `{"$map":[${pairs.join(',')}]}`;
}

function writeObject(entries: readonly (readonly [string, Value])[], depth: number): string {
  const fields = entries.map(([key, value]) => `${JSON.stringify(key)}:${writeValue(value, depth + 1)}`);
  return `{${fields.join(',')}}`;
}
