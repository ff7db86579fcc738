import { parseTimeInLocation } from '#core/time/go-parse.js';
import { utcLocation } from '#core/time/location.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { parseGoFloat } from '../values/go-float.js';
import { parseSpan } from '../values/span.js';
import { Moment, Span } from '../values/special.js';
import { bytesOf, type TypedList } from '../values/typed-list.js';
import { makeMap } from '../values/plain.js';
import type { Value } from '../values/value.js';
import { InputError } from './input-error.js';

const maxDepth = 1000;

/**
 * A value from parsed JSON as Go decodes it: every number is a float. What JSON has no word for may be written as an
 * object with one field: `{"$float": "NaN"}`, `{"$int": "7"}`, `{"$bytes": [98]}`, `{"$duration": "1m"}`,
 * `{"$time": "2024-01-31T00:00:00Z"}`, `{"$map": [[key, value]]}`. Throws InputError.
 */
export function readValue(json: unknown, depth = 0): Value {
  if (depth > maxDepth) throw new InputError('it is nested too deeply');
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return readNumber(json);
  if (Array.isArray(json)) return json.map((item) => readValue(item, depth + 1));
  const entries = Object.entries(Object(json));
  const [only] = entries;
  const read = entries.length === 1 && only !== undefined ? readers[only[0]] : undefined;
  if (read !== undefined && only !== undefined) {
    const value = read(only[1], depth + 1);
    if (value !== undefined) return value;
    throw new InputError(`${JSON.stringify(json)} is no ${only[0].slice(1)}`);
  }
  return makeMap(entries.map(([key, value]) => [key, readValue(value, depth + 1)]));
}

/** An int from a number or from its digits; `undefined` when it is none. */
export function readInt(json: unknown): bigint | undefined {
  const text =
    typeof json === 'string' ? json : Number.isInteger(json) ? BigInt(Number(json)).toString() : '';
  if (!/^-?\d+$/.test(text)) return undefined;
  const int = BigInt(text);
  return BigInt.asIntN(64, int) === int ? int : undefined;
}

type Reader = (json: unknown, depth: number) => Value | undefined;

const readers: Readonly<Record<string, Reader>> = Object.assign(Object.create(null), {
  $float: (json: unknown) => (typeof json === 'number' ? readNumber(json) : onText(json, parseGoFloat)),
  $int: readInt,
  $bytes: readBytes,
  $duration: (json: unknown) => onText(json, readSpan),
  $time: (json: unknown) => onText(json, readMoment),
  $map: readPairs,
});

function readNumber(json: number): number {
  if (Number.isFinite(json)) return json;
  throw new InputError('a number is out of range');
}

function onText<T>(json: unknown, read: (text: string) => T | undefined): T | undefined {
  return typeof json === 'string' ? read(json) : undefined;
}

function readSpan(text: string): Span | undefined {
  const ns = parseSpan(text);
  return ns === undefined ? undefined : new Span(ns);
}

function readMoment(text: string): Moment | undefined {
  const parsed = parseTimeInLocation(text, '2006-01-02T15:04:05Z07:00', utcLocation);
  return parsed && new Moment(parsed.epochNs, parsed.location);
}

function readBytes(json: unknown): TypedList | undefined {
  if (!Array.isArray(json)) return undefined;
  const isByte = (item: unknown): item is number => Number.isInteger(item) && Number(item) >> 8 === 0;
  return json.every(isByte) ? bytesOf(json) : undefined;
}

function readPairs(json: unknown, depth: number): Dictionary | undefined {
  if (!Array.isArray(json)) return undefined;
  const pairs = json.map((pair: unknown): readonly [Value, Value] => {
    const [key, value, more] = Array.isArray(pair) ? pair.map((part) => readValue(part, depth + 1)) : [];
    if (key === undefined || value === undefined || more !== undefined || !isHashable(key))
      throw new InputError(`${JSON.stringify(pair)} is no pair of key and value`);
    return [key, value];
  });
  return new Dictionary(pairs, null);
}
