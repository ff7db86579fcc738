import { QueryFailure } from '../http/failure.js';

/** One step of a path, from every value that was found so far. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly by: number }
  | { readonly kind: 'filter'; readonly left: Operand; readonly test?: string; readonly right?: Operand };

export type Operand =
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'constant'; readonly value: unknown };

/** The steps of one `{…}` block. Throws QueryFailure. */
export function parsePath(source: string): readonly Step[] {
  let rest = source.trim().replace(/^[$@]/, '');
  const steps: Step[] = [];
  while (rest !== '') {
    const { step, length } = readStep(rest);
    steps.push(step);
    rest = rest.slice(length).trimStart();
  }
  return steps;
}

function readStep(rest: string): { step: Step; length: number } {
  if (rest.startsWith('..')) return { step: { kind: 'deep' }, length: rest.startsWith('..[') ? 2 : 1 };
  const field = /^(?:\.|(?=\w))((?:\\.|[^.[\]{}\s'"])+)/.exec(rest);
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
  throw new QueryFailure(`unrecognized character in action: ${describeChar(rest)}`);
}

/** As Go's `%#U`: `U+0023 '#'`. */
function describeChar(text: string): string {
  const char = String.fromCodePoint(text.codePointAt(0) ?? 0);
  const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} '${char}'`;
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
