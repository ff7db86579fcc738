import { ExprError } from '../expr-error.js';
import { Dictionary } from '../values/dictionary.js';
import { formatMoment, formatValue } from '../values/format.js';
import { compareText } from '../values/order.js';
import { FunctionValue, Moment, NamedInt, Place, SizedInt, Span } from '../values/special.js';
import { readBytes } from '../values/typed-list.js';
import { describeValue } from '../values/type-of.js';
import { type Value, isNil, toValue } from '../values/value.js';
import { encodeBase64 } from './base64.js';
import { isList } from '../values/shape.js';

/** JSON indented by two blanks with sorted keys, as Go prints it. */
export function toJson(value: Value, indent: string): string {
  if (value === null || isNil(value)) return 'null';
  if (value instanceof Span) return String(value.ns);
  if (value instanceof Moment) return quote(formatMoment(value, '2006-01-02T15:04:05.999999999Z07:00'));
  if (value instanceof NamedInt || value instanceof SizedInt) return String(value.number);
  if (value instanceof Place) return '{}';
  const bytes = readBytes(value);
  if (bytes !== undefined) return quote(encodeBase64(bytes));
  if (value instanceof Dictionary || value instanceof FunctionValue) {
    throw new ExprError(`json: unsupported type: ${describeValue(value)}`);
  }
  const deeper = `${indent}  `;
  if (isList(value)) {
    const items = Array.from(value, (item) => deeper + toJson(item, deeper));
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object') {
    const keys = Object.keys(value).sort(compareText);
    const items = keys.map((key) => `${deeper}${quote(key)}: ${toJson(value[key] ?? null, deeper)}`);
    return items.length === 0 ? '{}' : `{\n${items.join(',\n')}\n${indent}}`;
  }
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ExprError(`json: unsupported value: ${formatValue(value)}`);
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

function quote(text: string): string {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escape);
}

/** A value from JSON: every number is a float. Throws ExprError for what is no JSON. */
export function fromJson(text: string): Value {
  try {
    return toValue(JSON.parse(text));
  } catch (thrown) {
    // JSON.parse throws nothing else.
    throw new ExprError(thrown instanceof Error ? thrown.message : 'invalid JSON');
  }
}
