import { ExprError } from '../expr-error.js';
import { findMethod } from '../methods/find-method.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { formatValue } from '../values/format.js';
import { FunctionValue } from '../values/special.js';
import { bytesOf, partOf } from '../values/typed-list.js';
import { describeValue, typeOfValue } from '../values/type-of.js';
import { decodeUtf8, utf8 } from '../values/utf8.js';
import { type Value } from '../values/value.js';
import { toIndex } from './operators.js';
import { isList, isMap } from '../values/shape.js';

/** `base[property]`: a missing key is nil, an index counts from the end when it is negative. */
export function readMember(base: Value, property: Value): Value {
  if (isList(base)) {
    const index = toIndex(property);
    const at = index < 0 ? base.length + index : index;
    if (at < 0 || at >= base.length) {
      throw new ExprError(`index out of range: ${index} (array length is ${base.length})`);
    }
    return base[at] ?? null;
  }
  if (isMap(base) && (property === null || typeof property === 'string')) {
    return property !== null && Object.hasOwn(base, property) ? (base[property] ?? null) : null;
  }
  return readOther(base, property);
}

/** A member of what is neither a list nor a map of texts. */
function readOther(base: Value, property: Value): Value {
  if (base instanceof Dictionary && isHashable(property)) return base.get(property) ?? base.missing;
  if (typeof property === 'string' && findMethod(typeOfValue(base).kind, property) !== undefined) {
    return new FunctionValue(property);
  }
  if (typeof base === 'string' && typeof property !== 'string') {
    const byte = utf8(base).at(toIndex(property));
    if (byte !== undefined) return bytesOf([byte])[0] ?? null;
  }
  const shown = typeof property === 'string' ? property : formatValue(property);
  throw new ExprError(`cannot fetch ${shown} from ${base === null ? '<nil>' : describeValue(base)}`);
}

/** `base[from:to]`: bounds count from the end when negative and are clipped; texts are cut by bytes. */
export function readSlice(base: Value, from: Value | undefined, to: Value | undefined): Value {
  if (isList(base)) {
    const [start, end] = bounds(base.length, from, to);
    return partOf(base, start, end);
  }
  if (typeof base === 'string') {
    const bytes = utf8(base);
    const [start, end] = bounds(bytes.length, from, to);
    return decodeUtf8(bytes.slice(start, end));
  }
  throw new ExprError(`cannot slice ${base === null ? '<nil>' : describeValue(base)}`);
}

function bounds(length: number, from: Value | undefined, to: Value | undefined): [number, number] {
  const clip = (value: Value | undefined, fallback: number): number => {
    const index = value === undefined ? fallback : toIndex(value);
    return Math.min(Math.max(index < 0 ? length + index : index, 0), length);
  };
  const start = clip(from, 0);
  return [start, Math.max(start, clip(to, length))];
}
