import { ExprError } from '#core/expr/expr-error.js';
import { readString } from '#core/expr/syntax/string-literal.js';
import { TemplateError } from './template-error.js';

/** A piece of a template. Inside actions blanks are kept, since they separate arguments. */
export type Token =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'open' | 'close' | 'space' | 'dot'; readonly at: number }
  | { readonly kind: 'symbol' | 'word' | 'field' | 'variable'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number | bigint; readonly at: number };

/** The tokens of a whole template. Throws TemplateError. */
export function lexTemplate(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimsNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimsBefore = open >= 0 && /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));
    pushText(tokens, source.slice(at, end), at, trimsNext, trimsBefore);
    if (open < 0) break;
    const action = lexAction(source, open, trimsBefore);
    tokens.push(...action.tokens);
    trimsNext = action.trimsNext;
    at = action.end;
  }
  return tokens;
}

function pushText(tokens: Token[], raw: string, at: number, trimsLeft: boolean, trimsRight: boolean): void {
  const left = trimsLeft ? raw.replace(/^[ \t\r\n]+/, '') : raw;
  const text = trimsRight ? left.replace(/[ \t\r\n]+$/, '') : left;
  if (text !== '') tokens.push({ kind: 'text', text, at });
}

interface LexedAction {
  readonly tokens: readonly Token[];
  readonly end: number;
  readonly trimsNext: boolean;
}

const closing = /^([ \t\r\n]-)?\}\}/;

function lexAction(source: string, open: number, trims: boolean): LexedAction {
  let at = open + (trims ? 3 : 2);
  const comment = /^[ \t\r\n]*\/\*/.exec(trims ? source.slice(at) : source.slice(at, at + 2));
  if (comment !== null) return lexComment(source, open, at + comment[0].length);
  const tokens: Token[] = [{ kind: 'open', at: open }];
  for (;;) {
    const rest = source.slice(at, at + 4);
    const close = closing.exec(rest);
    if (close !== null) {
      tokens.push({ kind: 'close', at });
      return { tokens, end: at + close[0].length, trimsNext: close[1] !== undefined };
    }
    if (rest === '') throw new TemplateError('unclosed action', open);
    const token = lexToken(source, at);
    if (!(token.token.kind === 'space' && tokens.at(-1)?.kind === 'space')) tokens.push(token.token);
    at = token.end;
  }
}

function lexComment(source: string, open: number, from: number): LexedAction {
  const stop = source.indexOf('*/', from);
  if (stop < 0) throw new TemplateError('unclosed comment', open);
  const close = closing.exec(source.slice(stop + 2, stop + 6));
  if (close === null) throw new TemplateError('comment ends before closing delimiter', open);
  return { tokens: [], end: stop + 2 + close[0].length, trimsNext: close[1] !== undefined };
}

interface Lexed {
  readonly token: Token;
  readonly end: number;
}

const blanks = /[ \t\r\n]+/y;
const name = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const variable = /\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?/uy;
const field = /\.[\p{L}_][\p{L}\p{Nd}_]*/uy;
const float = /[+-]?(?:\d[\d_]*\.[\d_]*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d[\d_]*[eE][+-]?\d+)/y;
const int = /[+-]?(?:0[xX][\da-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|\d[\d_]*)/y;
const symbol = /:=|[=|(),]/y;

function lexToken(source: string, at: number): Lexed {
  const found = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const made = (token: Token, text: string): Lexed => ({ token, end: at + text.length });
  const space = found(blanks);
  if (space !== undefined) return made({ kind: 'space', at }, space);
  const char = source.charAt(at);
  if (char === '"' || char === '`' || char === "'") return lexQuoted(source, at, char);
  const decimal = found(float);
  if (decimal !== undefined) return made({ kind: 'number', value: floatOf(decimal), at }, decimal);
  const integer = found(int);
  if (integer !== undefined) return made({ kind: 'number', value: intOf(integer, at), at }, integer);
  const named = found(field);
  if (named !== undefined) return made({ kind: 'field', text: named.slice(1), at }, named);
  if (char === '.') return made({ kind: 'dot', at }, char);
  const local = found(variable);
  if (local !== undefined) return made({ kind: 'variable', text: local, at }, local);
  const word = found(name);
  if (word !== undefined) return made({ kind: 'word', text: word, at }, word);
  const sign = found(symbol);
  if (sign !== undefined) return made({ kind: 'symbol', text: sign, at }, sign);
  throw new TemplateError(`unexpected ${JSON.stringify(char)} in action`, at);
}

function lexQuoted(source: string, at: number, quote: string): Lexed {
  if (quote === '`') {
    const end = source.indexOf('`', at + 1);
    if (end < 0) throw new TemplateError('unterminated raw quoted string', at);
    return { token: { kind: 'string', value: source.slice(at + 1, end), at }, end: end + 1 };
  }
  try {
    const { value, end } = readString(source, at);
    if (quote === '"') return { token: { kind: 'string', value, at }, end };
    return { token: { kind: 'number', value: BigInt(value.codePointAt(0) ?? 0), at }, end };
  } catch (thrown) {
    // The reader of literals throws ExprError for every literal that is none; anything else is a fault of ours.
    if (!(thrown instanceof ExprError)) throw thrown;
    throw new TemplateError('unterminated quoted string', at);
  }
}

function floatOf(text: string): number {
  return Number(text.replaceAll('_', ''));
}

function intOf(text: string, at: number): bigint {
  const digits = text.replaceAll('_', '').replace(/^([+-]?)0(?=[0-7]+$)/, '$10o');
  const magnitude = BigInt(digits.replace(/^[+-]/, ''));
  const value = digits.startsWith('-') ? -magnitude : magnitude;
  if (BigInt.asIntN(64, value) !== value) throw new TemplateError(`integer overflow: ${text}`, at);
  return value;
}
