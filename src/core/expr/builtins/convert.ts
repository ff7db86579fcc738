import type { Builtin } from '../builtin.js';
import { parseGoDuration } from '#core/time/duration.js';
import { ExprError } from '../expr-error.js';
import { describeValue, formatValue, isList, Moment, Span, toValue, type Value } from '../value.js';
import { durationType, stringType, timeType } from '../value-type.js';
import { textAt } from './argument.js';
import { compareText } from '../value.js';

/** JSON indented by two blanks with sorted keys, as Go prints it. */
function toJson(value: Value, indent: string): string {
  if (value === null) return 'null';
  if (value instanceof Span) return String(value.ns);
  if (value instanceof Moment)
    return JSON.stringify(new Date(Number(value.epochNs / 1_000_000n)).toISOString());
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

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
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

function toSpan(text: string): Span {
  const ms = parseGoDuration(text);
  if (ms === undefined) throw new ExprError(`time: invalid duration ${JSON.stringify(text)}`);
  return new Span(BigInt(Math.round(ms * 1e6)));
}

const typeNames: Readonly<Record<string, string>> = {
  nil: 'nil',
  float64: 'float',
  '[]interface {}': 'array',
  'map[string]interface {}': 'map',
};

function typeName(value: Value): string {
  const name = describeValue(value);
  return typeNames[name] ?? name;
}

/** Conversions between kinds of values. */
export const convertBuiltins: Readonly<Record<string, Builtin>> = {
  string: { params: ['any'], result: stringType, run: ([value]) => formatValue(value ?? null) },
  type: { params: ['any'], result: stringType, run: ([value]) => typeName(value ?? null) },
  toJSON: { params: ['any'], result: stringType, run: ([value]) => toJson(value ?? null, '') },
  fromJSON: { params: ['string'], run: (args) => fromJson(textAt(args, 0)) },
  toBase64: { params: ['string'], result: stringType, run: (args) => toBase64(textAt(args, 0)) },
  fromBase64: { params: ['string'], result: stringType, run: (args) => fromBase64(textAt(args, 0)) },
  now: {
    params: [],
    result: timeType,
    run: (_, machine) => new Moment(BigInt(Math.round(machine.nowMs * 1e6))),
  },
  duration: { params: ['string'], result: durationType, run: (args) => toSpan(textAt(args, 0)) },
  date: { params: ['string'], result: timeType, run: (args) => toMoment(textAt(args, 0)) },
};

/** Dates, dates with a time, and RFC 3339; without a zone in UTC. Other layouts are refused. */
function toMoment(text: string): Moment {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$/.exec(
    text,
  );
  const [, day = '', time = '00:00:00', fraction = '', zone = 'Z'] = match ?? [];
  const atMs = Date.parse(`${day}T${time}${zone}`);
  const isReal = match !== null && new Date(`${day}T00:00:00Z`).toISOString?.().startsWith(day);
  if (!isReal || Number.isNaN(atMs)) throw new ExprError(`invalid date ${text}`);
  const nanos = BigInt(fraction.slice(1).padEnd(9, '0'));
  return new Moment(BigInt(atMs) * 1_000_000n + nanos);
}
