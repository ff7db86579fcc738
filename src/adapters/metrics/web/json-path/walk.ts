import { formatValue } from '#core/expr/values/format.js';
import { toValue } from '#core/expr/values/value.js';
import { isObject } from '#core/json/json.js';
import { QueryFailure } from '../../http/failure.js';
import { compare } from './compare.js';
import type { Filter, Path, Slice, Step } from './steps.js';

type Values = readonly unknown[];

/** What a path leads to, in order. Throws QueryFailure for a field or index that is not there. */
export function walk(path: Path, from: Values): Values {
  return path.reduce<Values>((found, step) => take(step, found), from);
}

function take(step: Step, found: Values): Values {
  switch (step.kind) {
    case 'field':
      return fieldsOf(found, step.name);
    case 'key':
      return keysOf(step, found);
    case 'all':
      return found.flatMap(childrenOf);
    case 'deep':
      return found.flatMap(deep);
    case 'slice':
      return found.flatMap((value) => (isNull(value) ? [] : sliceOf(listOf(value), step)));
    case 'union':
      return step.paths.flatMap((path) => walk(path, found));
    case 'filter':
      return found.flatMap((value) => filterable(value).filter((item) => passes(step, item)));
    case 'constant':
      return found.map(() => step.value);
    case 'word':
      throw new QueryFailure(`unrecognized identifier ${step.name}`);
  }
}

/** The field of every value that has it; that none has it is an error, unless there is no value. */
function fieldsOf(values: Values, name: string): Values {
  const found = values.flatMap((value) =>
    isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [],
  );
  if (found.length === 0 && values.length > 0) throw new QueryFailure(`${name} is not found`);
  return found;
}

function keysOf({ name, path }: Extract<Step, { kind: 'key' }>, found: Values): Values {
  if (path === undefined) return fieldsOf(found, name);
  try {
    return walk(path, found);
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    const holders = found.filter((value) => isObject(value) && Object.hasOwn(value, name));
    if (holders.length === 0) throw thrown;
    return fieldsOf(holders, name);
  }
}

function childrenOf(value: unknown): Values {
  return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
}

/** The value and everything below it that has something in it. */
function deep(value: unknown): Values {
  const inner = childrenOf(value);
  if (inner.length > 0) return [value, ...inner.flatMap(deep)];
  return typeof value === 'string' && value !== '' ? [value] : [];
}

/** Null has no items: it is passed over. */
function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

function listOf(value: unknown): Values {
  if (Array.isArray(value)) return value;
  throw new QueryFailure(`${goTypeOf(value)} is not array or slice`);
}

function filterable(value: unknown): Values {
  if (Array.isArray(value)) return value;
  throw new QueryFailure(`${formatValue(toValue(value))} is not array or slice and cannot be filtered`);
}

function goTypeOf(value: unknown): string {
  if (isObject(value)) return 'map[string]interface {}';
  return typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Bounds are checked as for an index: what is out of them is an error, and not cut. */
function sliceOf(list: Values, { from: start = 0, to: stop, by = 1, isIndex }: Slice): Values {
  const { length } = list;
  const from = start < 0 ? start + length : start;
  const last = isIndex ? start + 1 : (stop ?? length);
  const to = last < 0 || (last === 0 && isIndex) ? last + length : last;
  if (from === to) return [];
  if (from < 0 || from >= length) throw outOfBounds(from, length);
  if (to < 0 || to > length) throw outOfBounds(to - 1, length);
  if (from > to) throw new QueryFailure(`starting index ${from} is greater than ending index ${to}`);
  if (by <= 0) throw new QueryFailure('step must be > 0');
  return list.slice(from, to).filter((_, i) => i % by === 0);
}

function outOfBounds(index: number, length: number): QueryFailure {
  return new QueryFailure(`array index out of bounds: index ${index}, length ${length}`);
}

function passes({ left, test, right }: Filter, item: unknown): boolean {
  const lefts = operands(left, item);
  if (test === undefined || right === undefined) return lefts.length > 0;
  if (lefts.length === 0) return false;
  const rights = operands(right, item);
  if (rights.length === 0) return false;
  if (lefts.length > 1 || rights.length > 1) {
    throw new QueryFailure('can only compare one element at a time');
  }
  return compare(lefts[0], test, rights[0]);
}

/** In a filter a field that is not there means that the item is not meant; client-go gives up. */
function operands(path: Path, item: unknown): Values {
  try {
    return walk(path, [item]);
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return [];
    throw thrown;
  }
}
