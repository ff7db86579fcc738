import { isList, isMap } from '#core/expr/values/shape.js';
import { utf8 } from '#core/expr/values/utf8.js';
import { TemplateError } from '../template-error.js';
import { type Datum, typeName } from '../value.js';
import { arity, type FunctionTable, intAt } from './argument.js';

function indexInto(base: Datum, key: Datum): Datum {
  if (base === null) throw new TemplateError('index of untyped nil');
  if (isMap(base)) {
    if (typeof key !== 'string') throw new TemplateError(`value has type ${typeName(key)}; should be string`);
    return Object.hasOwn(base, key) ? (base[key] ?? null) : null;
  }
  if (!isList(base) && typeof base !== 'string') {
    throw new TemplateError(`can't index item of type ${typeName(base)}`);
  }
  if (typeof key !== 'bigint' && typeof key !== 'number') {
    throw new TemplateError(`cannot index slice/array with type ${typeName(key)}`);
  }
  const at = Number(key);
  const length = isList(base) ? base.length : utf8(base).length;
  if (at < 0 || at >= length) throw new TemplateError(`index out of range: ${at}`);
  return isList(base) ? (base[at] ?? null) : BigInt(utf8(base)[at] ?? 0);
}

function sliceOf(base: Datum, bounds: readonly Datum[]): Datum {
  if (!isList(base) && typeof base !== 'string') {
    throw new TemplateError(
      base === null ? 'slice of untyped nil' : `can't slice item of type ${typeName(base)}`,
    );
  }
  const length = isList(base) ? base.length : utf8(base).length;
  const from = bounds.length > 0 ? intAt(bounds, 0) : 0;
  const to = bounds.length > 1 ? intAt(bounds, 1) : length;
  for (const at of [from, to])
    if (at < 0 || at > length) throw new TemplateError(`index out of range: ${at}`);
  if (from > to) throw new TemplateError(`invalid slice index: ${from} > ${to}`);
  if (isList(base)) return base.slice(from, to);
  return new TextDecoder().decode(Uint8Array.from(utf8(base).slice(from, to)));
}

/** Size, members and parts of lists, maps and texts (by bytes). */
export const collectionFunctions: FunctionTable = {
  len: (args) => {
    arity('len', args, 1);
    const value = args[0] ?? null;
    if (isList(value)) return BigInt(value.length);
    if (isMap(value)) return BigInt(Object.keys(value).length);
    if (typeof value === 'string') return BigInt(utf8(value).length);
    throw new TemplateError(value === null ? 'len of nil pointer' : `len of type ${typeName(value)}`);
  },
  index: (args) => {
    const [base = null, ...keys] = args;
    return keys.reduce<Datum>(indexInto, base);
  },
  slice: (args) => {
    arity('slice', args, 1, 4);
    const [base = null, ...bounds] = args;
    return sliceOf(base, bounds);
  },
};
