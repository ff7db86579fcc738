import { isObject } from '#core/json/json.js';
import { QueryFailure } from '../http/failure.js';
import type { Operand, Step } from './json-path-steps.js';

/** What a path leads to, in order. Throws QueryFailure for a field or index that is not there. */
export function walk(steps: readonly Step[], data: unknown): readonly unknown[] {
  return steps.reduce<readonly unknown[]>(
    (found, step) =>
      step.kind === 'field' ? fieldsOf(found, step.name) : found.flatMap((value) => take(step, value)),
    [data],
  );
}

/** The field of every value that has it; that none has it is an error. */
function fieldsOf(values: readonly unknown[], name: string): readonly unknown[] {
  const holders = values.filter((value) => isObject(value) && Object.hasOwn(value, name));
  if (holders.length === 0) throw new QueryFailure(`${name} is not found`);
  return holders.map((value) => fieldOf(value, name));
}

function take(step: Exclude<Step, { kind: 'field' }>, value: unknown): readonly unknown[] {
  switch (step.kind) {
    case 'fields':
      return step.names.map((name) => fieldOf(value, name));
    case 'all':
      return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    case 'deep':
      return deep(value);
    case 'indexes':
      return isNull(value) ? [] : step.indexes.map((index) => itemOf(listOf(value), index));
    case 'slice':
      return isNull(value) ? [] : sliceOf(listOf(value), step);
    case 'filter':
      return isNull(value) ? [] : filterable(value).filter((item) => passes(step, item));
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (isObject(value) && Object.hasOwn(value, name)) return value[name];
  throw new QueryFailure(`${name} is not found`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new QueryFailure(`${goTypeOf(value)} is not array or slice`);
}

function filterable(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new QueryFailure(`${goTypeOf(value)} is not array or slice and cannot be filtered`);
}

/** Null has no items: it is passed over. */
function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

function goTypeOf(value: unknown): string {
  if (isObject(value)) return 'map[string]interface {}';
  return typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Bounds are checked as for an index: what is out of them is an error, and not cut. */
function sliceOf(list: readonly unknown[], step: Extract<Step, { kind: 'slice' }>): readonly unknown[] {
  const { length } = list;
  const place = (index: number): number => (index < 0 ? index + length : index);
  const from = place(step.from ?? 0);
  const to = place(step.to ?? length);
  if (from === to) return [];
  if (from < 0 || from >= length) throw outOfBounds(from, length);
  if (to < 0 || to > length) throw outOfBounds(to - 1, length);
  if (from > to) throw new QueryFailure(`starting index ${from} is greater than ending index ${to}`);
  return list.slice(from, to).filter((_, i) => i % step.by === 0);
}

function itemOf(list: readonly unknown[], index: number): unknown {
  const at = index < 0 ? index + list.length : index;
  if (at < 0 || at >= list.length) throw outOfBounds(at, list.length);
  return list[at];
}

function outOfBounds(index: number, length: number): QueryFailure {
  return new QueryFailure(`array index out of bounds: index ${index}, length ${length}`);
}

/** The value and everything below it that can have fields. */
function deep(value: unknown): readonly unknown[] {
  const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return [...(isObject(value) ? [value] : []), ...inner.flatMap(deep)];
}

function passes({ left, test, right }: Extract<Step, { kind: 'filter' }>, item: unknown): boolean {
  const a = operandValues(left, item);
  if (test === undefined || right === undefined) return a.length > 0;
  const b = operandValues(right, item);
  if (a.length !== 1 || b.length !== 1) return false;
  return compare(a[0], test, b[0]);
}

function operandValues(operand: Operand, item: unknown): readonly unknown[] {
  if (operand.kind === 'constant') return [operand.value];
  try {
    return walk(operand.steps, item);
  } catch (thrown) {
    // In a filter a field that is not there means that the item is not meant.
    if (thrown instanceof QueryFailure) return [];
    throw thrown;
  }
}

function compare(a: unknown, test: string, b: unknown): boolean {
  if (test === '==') return a === b;
  if (test === '!=') return a !== b;
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
  const order = a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0; // the same type, as just checked
  return { '<': order < 0, '>': order > 0, '<=': order <= 0, '>=': order >= 0 }[test] ?? false;
}
