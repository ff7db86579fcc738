import { stringType } from '../types/value-type.js';
import { Dictionary } from '../values/dictionary.js';
import { formatValue } from '../values/format.js';
import { describeValue } from '../values/type-of.js';
import { type Value } from '../values/value.js';
import { textAt } from './argument.js';
import { encodeBase64, fromBase64 } from './base64.js';
import type { Builtin } from './builtin.js';
import { fromJson, toJson } from './json.js';
import { isList, isMap } from '../values/shape.js';

const typeNames: Readonly<Record<string, string>> = {
  float64: 'float',
  '*time.Location': 'time.Location',
  int64: 'int',
  uint8: 'uint',
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
