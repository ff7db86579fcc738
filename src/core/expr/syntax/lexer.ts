import type { TypedList } from '../values/typed-list.js';
import { ExprError } from '../expr-error.js';
import { readNumber } from './number-literal.js';
import { readBytes, readRawString, readString } from './string-literal.js';

/** `at` is the offset of the first character. */
export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'operator'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number | bigint; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly text: string; readonly at: number }
  | { readonly kind: 'bytes'; readonly value: TypedList; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const wordOperators = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
]);

/** Longest first. */
const symbols = '** == != <= >= && || ?? ?. ?: .. :: + - * / % ^ < > ! | ? : . , ; # = ( ) [ ] { }'.split(
  ' ',
);

/** The tokens of a source, an `end` token last. Throws ExprError at what is no token. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(source, 0);
  while (at < source.length) {
    const { token, end } = readToken(source, at, tokens.at(-1));
    tokens.push(token);
    at = skipBlanks(source, end);
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function readToken(source: string, at: number, before: Token | undefined): Read {
  const char = source.charAt(at);
  const afterDot = before?.kind === 'operator' && (before.text === '.' || before.text === '?.');
  if (char === '"' || char === "'") return literal('string', source, at, readString(source, at));
  if (char === '`') return literal('string', source, at, readRawString(source, at));
  if (/^b["']/.test(source.slice(at, at + 2))) {
    const { value, end } = readBytes(source, at + 1);
    return { token: { kind: 'bytes', value, text: source.slice(at, end), at }, end };
  }
  if (/\d/.test(char) || (!afterDot && /^\.\d/.test(source.slice(at, at + 2)))) {
    const { value, end } = readNumber(source, at);
    return { token: { kind: 'number', value, text: source.slice(at, end), at }, end };
  }
  const name = /^[\p{L}_$][\p{L}\p{Nd}_$]*/u.exec(source.slice(at))?.[0];
  if (name !== undefined) {
    const kind = wordOperators.has(name) && !afterDot ? 'operator' : 'name';
    return { token: { kind, text: name, at }, end: at + name.length };
  }
  const symbol = symbols.find((candidate) => source.startsWith(candidate, at));
  if (symbol === undefined) {
    const shown = String.fromCodePoint(source.codePointAt(at) ?? 0);
    throw new ExprError(`unrecognized character: ${JSON.stringify(shown)}`, at);
  }
  return { token: { kind: 'operator', text: symbol, at }, end: at + symbol.length };
}

function literal(kind: 'string', source: string, at: number, read: { value: string; end: number }): Read {
  return { token: { kind, value: read.value, text: source.slice(at, read.end), at }, end: read.end };
}

function skipBlanks(source: string, from: number): number {
  const blanks = /(?:[\s\u0085]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  blanks.lastIndex = from;
  const at = from + (blanks.exec(source)?.[0].length ?? 0);
  if (source.startsWith('/*', at)) throw new ExprError('unclosed comment', at);
  return at;
}
