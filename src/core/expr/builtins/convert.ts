import type { Builtin } from '../builtin.js';
import { ExprError } from '../expr-error.js';
import {
  Bytes,
  describeValue,
  Dictionary,
  formatMoment,
  formatValue,
  FunctionValue,
  isList,
  isMap,
  isNil,
  Moment,
  NamedInt,
  Place,
  Span,
  toValue,
  type Value,
} from '../value.js';
import { stringType } from '../value-type.js';
import { textAt } from './argument.js';
import { compareText } from '../value.js';

/** JSON indented by two blanks with sorted keys, as Go prints it. */
function toJson(value: Value, indent: string): string {
  if (value === null || isNil(value)) return 'null';
  if (value instanceof Span) return String(value.ns);
  if (value instanceof Moment) return quote(formatMoment(value, '2006-01-02T15:04:05.999999999Z07:00'));
  if (value instanceof NamedInt) return String(value.number);
  if (value instanceof Place) return '{}';
  if (value instanceof Bytes) return quote(encodeBase64(Uint8Array.from(value, Number)));
  if (value instanceof Dictionary || value instanceof FunctionValue) {
    throw new ExprError(`json: unsupported type: ${describeValue(value)}`);
  }
  const deeper = `${indent}  `;
  if (isList(value)) {
    const items = value.map((item) => deeper + toJson(item, deeper));
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
  return String(value);
}

function quote(text: string): string {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escape);
}

function fromJson(text: string): Value {
  try {
    return toValue(JSON.parse(text));
  } catch (thrown) {
    // JSON.parse throws nothing else.
    throw new ExprError(thrown instanceof Error ? thrown.message : 'invalid JSON');
  }
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function encodeBase64(bytes: Uint8Array): string {
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => base64.charAt((group >> shift) & 63));
    const used = Math.min(bytes.length - i, 3) + 1;
    result += digits.slice(0, used).join('').padEnd(4, '=');
  }
  return result;
}

function fromBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new ExprError('illegal base64 data');
  }
  const sextets = Array.from(text.replace(/=+$/, '')).map((char) => base64.indexOf(char));
  const bytes: number[] = [];
  for (let i = 0; i + 1 < sextets.length; i += 1) {
    const place = i % 4;
    if (place === 3) continue;
    bytes.push((((sextets[i] ?? 0) << (2 + 2 * place)) | ((sextets[i + 1] ?? 0) >> (4 - 2 * place))) & 255);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const typeNames: Readonly<Record<string, string>> = {
  float64: 'float',
  '*time.Location': 'time.Location',
};

function typeName(value: Value): string {
  if (isList(value)) return 'array';
  if (isMap(value) || value instanceof Dictionary) return 'map';
  const name = describeValue(value);
  return typeNames[name] ?? name;
}

/** Conversions between kinds of values. */
export const convertBuiltins: Readonly<Record<string, Builtin>> = {
  string: { params: ['any'], result: stringType, run: ([value]) => formatValue(value ?? null) },
  type: { params: ['any'], result: stringType, run: ([value]) => typeName(value ?? null) },
  toJSON: { params: ['any'], result: stringType, run: ([value]) => toJson(value ?? null, '') },
  fromJSON: { params: ['string'], run: (args) => fromJson(textAt(args, 0)) },
  toBase64: {
    params: ['string'],
    result: stringType,
    run: (args) => encodeBase64(new TextEncoder().encode(textAt(args, 0))),
  },
  fromBase64: { params: ['string'], result: stringType, run: (args) => fromBase64(textAt(args, 0)) },
};
