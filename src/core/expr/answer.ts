import { evaluate, explainProblem } from './expression.js';
import { formatSpan } from './span.js';
import {
  Bytes,
  Dictionary,
  formatMoment,
  formatValue,
  isList,
  isMap,
  Moment,
  Span,
  type Value,
} from './value.js';

/** What became of an expression, as data for JSON. */
export type Answer =
  | { readonly value: unknown; readonly type: string }
  | { readonly error: 'compile' | 'run'; readonly message: string };

/**
 * Evaluates and tells the value with its type: int, float, bool, string, nil, array, map, bytes, duration or time.
 * Floats without a number are `{"$float": "NaN"}`, `"+Inf"`, `"-Inf"`; maps with other than text keys `{"$map": [[k, v]]}`.
 * An int beyond what JSON keeps is still a `bigint`. The message of a failure shows its place.
 */
export function answer(source: string, env: Readonly<Record<string, unknown>>, nowMs: number): Answer {
  const outcome = evaluate(source, env, { nowMs });
  if (outcome.ok) return { value: toJsonValue(outcome.value), type: typeName(outcome.value) };
  return { error: outcome.problem.phase, message: explainProblem(source, outcome.problem) };
}

function typeName(value: Value): string {
  if (value === null) return 'nil';
  if (value instanceof Bytes) return 'bytes';
  if (isList(value)) return 'array';
  if (isMap(value) || value instanceof Dictionary) return 'map';
  if (value instanceof Span) return 'duration';
  if (value instanceof Moment) return 'time';
  const names: Readonly<Record<string, string>> = { bigint: 'int', number: 'float', boolean: 'bool' };
  return names[typeof value] ?? 'string';
}

function toJsonValue(value: Value): unknown {
  if (value instanceof Span) return formatSpan(value.ns);
  if (value instanceof Moment) return formatMoment(value, '2006-01-02T15:04:05.999999999Z07:00');
  if (value instanceof Dictionary) return toJsonMap(value);
  if (isList(value)) return Array.from(value, toJsonValue);
  if (isMap(value)) return fromEntries(Object.entries(value));
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number' && !Number.isFinite(value)) return { $float: formatValue(value) };
  return typeof value === 'object' && value !== null ? formatValue(value) : value;
}

function toJsonMap(dictionary: Dictionary): unknown {
  const entries = dictionary.entries();
  const texts = entries.flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : []));
  if (texts.length === entries.length) return fromEntries(texts);
  return { $map: entries.map(([key, value]) => [toJsonValue(key), toJsonValue(value)]) };
}

function fromEntries(entries: readonly (readonly [string, Value])[]): unknown {
  return Object.fromEntries(entries.map(([key, value]) => [key, toJsonValue(value)]));
}
