import { isObject } from '#core/json/json.js';
import { QueryFailure } from '../http/failure.js';

/**
 * JSONPath in the dialect of client-go: text with `{…}` blocks, each of which gives a list of matches. There are fields,
 * `['field']`, indexes, slices, unions, `*`, `..` and filters `[?(@.a==1)]`. Throws QueryFailure for a bad path, or for
 * a field or index that is not there.
 */
export function findByJsonPath(template: string, data: unknown): readonly (readonly unknown[])[] {
  const results: (readonly unknown[])[] = [];
  let rest = template;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open !== 0) {
      results.push([open < 0 ? rest : rest.slice(0, open)]);
      rest = open < 0 ? '' : rest.slice(open);
      continue;
    }
    const close = endOfBlock(rest);
    results.push(walk(parsePath(rest.slice(1, close)), data));
    rest = rest.slice(close + 1);
  }
  return results;
}

function endOfBlock(text: string): number {
  let quote = '';
  for (let i = 1; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '}') return i;
  }
  throw new QueryFailure('unclosed action');
}

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly by: number }
  | { readonly kind: 'filter'; readonly left: Operand; readonly test?: string; readonly right?: Operand };

type Operand =
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'constant'; readonly value: unknown };

function parsePath(source: string): readonly Step[] {
  let rest = source.trim().replace(/^[$@]/, '');
  const steps: Step[] = [];
  while (rest !== '') {
    const { step, length } = readStep(rest);
    steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
}

function readStep(rest: string): { step: Step; length: number } {
  if (rest.startsWith('..')) return { step: { kind: 'deep' }, length: rest.startsWith('..[') ? 2 : 1 };
  const field = /^\.?((?:\\.|[^.[\]{}\s'"])+)/.exec(rest);
  if (field !== null) {
    const name = (field[1] ?? '').replace(/\\(.)/g, '$1');
    return { step: name === '*' ? { kind: 'all' } : { kind: 'field', name }, length: field[0].length };
  }
  if (rest.startsWith('.['))
    return { step: readBrackets(bracketText(rest.slice(1))), length: bracketText(rest.slice(1)).length + 3 };
  if (rest.startsWith('[')) {
    const inner = bracketText(rest);
    return { step: readBrackets(inner), length: inner.length + 2 };
  }
  throw new QueryFailure(`unrecognized JSONPath at ${JSON.stringify(rest)}`);
}

/** What stands between `[` and the `]` that belongs to it. */
function bracketText(text: string): string {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']') {
      depth -= 1;
      if (depth === 0) return text.slice(1, i);
    }
  }
  throw new QueryFailure('unterminated array');
}

function readBrackets(inner: string): Step {
  const text = inner.trim();
  if (text === '*') return { kind: 'all' };
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (filter !== null) return readFilter(filter[1] ?? '');
  if (/^(-?\d+)(\s*,\s*-?\d+)*$/.test(text)) return { kind: 'indexes', indexes: text.split(',').map(Number) };
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d*))?$/.exec(text);
  if (slice !== null) {
    const [from, to, by] = [slice[1], slice[2], slice[3]].map((part) => (part ? Number(part) : undefined));
    if (by !== undefined && by <= 0) throw new QueryFailure('step must be > 0');
    return {
      kind: 'slice',
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      by: by ?? 1,
    };
  }
  const names = /^(?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))*$/.test(text)
    ? (text.match(/'[^']*'|"[^"]*"/g) ?? []).map((name) => name.slice(1, -1))
    : undefined;
  if (names !== undefined) return { kind: 'fields', names };
  throw new QueryFailure(`invalid array index ${text}`);
}

function readFilter(source: string): Step {
  const match = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(source.trim());
  if (match === null) return { kind: 'filter', left: readOperand(source) };
  return {
    kind: 'filter',
    left: readOperand(match[1] ?? ''),
    test: match[2] ?? '',
    right: readOperand(match[3] ?? ''),
  };
}

function readOperand(source: string): Operand {
  const text = source.trim();
  if (/^['"].*['"]$/s.test(text)) return { kind: 'constant', value: text.slice(1, -1) };
  if (text === 'true' || text === 'false') return { kind: 'constant', value: text === 'true' };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'constant', value: Number(text) };
  return { kind: 'path', steps: parsePath(text) };
}

function walk(steps: readonly Step[], data: unknown): readonly unknown[] {
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
      return step.indexes.map((index) => itemOf(value, index));
    case 'slice':
      return sliceOf(listOf(value), step);
    case 'filter':
      return listOf(value).filter((item) => passes(step, item));
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (isObject(value) && Object.hasOwn(value, name)) return value[name];
  throw new QueryFailure(`${name} is not found`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new QueryFailure('the value is not array or slice and cannot be indexed');
}

function itemOf(value: unknown, index: number): unknown {
  const list = listOf(value);
  const at = index < 0 ? list.length + index : index;
  if (at >= 0 && at < list.length) return list[at];
  throw new QueryFailure(`array index out of bounds: index ${index}, length ${list.length}`);
}

function sliceOf(list: readonly unknown[], step: Extract<Step, { kind: 'slice' }>): readonly unknown[] {
  return list.slice(step.from, step.to).filter((_, i) => i % step.by === 0);
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
