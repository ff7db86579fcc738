import { QueryFailure } from '../../http/failure.js';
import { parseSlice } from './parse-slice.js';
import type { Path, Step } from './steps.js';
import { unquote } from './unquote.js';

/** The steps of the action that begins with the `{` at `start`, and where it ends. Throws QueryFailure. */
export function parseAction(source: string, start: number): { readonly path: Path; readonly end: number } {
  const reader = new ActionReader(source, start + 1);
  const path = reader.read();
  return { path, end: reader.at };
}

function parsePath(text: string): Path {
  return parseAction(`{${text}}`, 0).path;
}

class ActionReader {
  readonly #source: string;
  readonly #steps: Step[] = [];
  at: number;

  constructor(source: string, at: number) {
    this.#source = source;
    this.at = at;
  }

  read(): Path {
    for (;;) {
      const char = this.#char();
      if (char === '' || char === '\n' || char === '\r') throw new QueryFailure('unclosed action');
      if (char === '}') {
        this.at += 1;
        return this.#steps;
      }
      this.#step(char);
    }
  }

  #step(char: string): void {
    if (this.#source.startsWith('[?(', this.at)) this.#filter();
    else if (this.#source.startsWith('..', this.at)) this.#deep();
    else if (char === ' ' || char === '@' || char === '$') this.at += 1;
    else if (char === '[') this.#brackets();
    else if (char === '"' || char === "'") this.#quote(char);
    else if (char === '.') this.#field(1);
    else if (/[+\-\p{Nd}]/u.test(char)) this.#number();
    else if (/[_\p{L}]/u.test(char)) this.#word();
    else throw new QueryFailure(`unrecognized character in action: ${describeChar(char)}`);
  }

  #char(): string {
    const code = this.#source.codePointAt(this.at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  /** What the pattern matches here; the pattern is sticky. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.#source)?.[0] ?? '';
    this.at += text.length;
    return text;
  }

  #deep(): void {
    if (this.#steps.at(-1)?.kind === 'deep') throw new QueryFailure('invalid multiple recursive descent');
    this.at += 2;
    this.#steps.push({ kind: 'deep' });
    if (/[_\p{L}\p{Nd}]/u.test(this.#char())) this.#field(0);
  }

  #field(dotLength: number): void {
    this.at += dotLength;
    const name = this.#take(/(?:\\[^]|[^ \t\r\n.,[\]$@{}\\])*/y);
    // `.['a']` is what `['a']` is.
    if (name === '' && this.#char() === '[') return;
    this.#steps.push(name === '*' ? { kind: 'all' } : { kind: 'field', name: name.replaceAll('\\', '') });
  }

  #word(): void {
    const name = this.#take(/[^ \t\r\n.,[\]$@{}]*/y);
    const isBool = name === 'true' || name === 'false';
    this.#steps.push(isBool ? { kind: 'constant', value: name === 'true' } : { kind: 'word', name });
  }

  #number(): void {
    const text = this.#take(/[+-]?[.\p{Nd}]*/uy);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new QueryFailure(`cannot parse number ${text}`);
    this.#steps.push({ kind: 'constant', value: Number(text) });
  }

  #quote(quote: string): void {
    const end = endOfQuote(this.#source, this.at + 1, quote);
    if (end === undefined) throw new QueryFailure('unterminated quoted string');
    this.#steps.push({ kind: 'constant', value: unquote(this.#source.slice(this.at, end)) });
    this.at = end;
  }

  #brackets(): void {
    const text = this.#take(/\[[^\]\n]*\]/y);
    if (text === '') throw new QueryFailure('unterminated array');
    const parts = text.slice(1, -1).split(',');
    const [first = ''] = parts;
    if (parts.length === 1) this.#steps.push(...readBrackets(first));
    else {
      const paths = parts.map((part) => parsePath(`[${part.replace(/^ +| +$/g, '')}]`));
      this.#steps.push({ kind: 'union', paths });
    }
  }

  #filter(): void {
    const start = this.at + '[?('.length;
    const end = endOfFilter(this.#source, start);
    if (end === undefined) throw new QueryFailure('unterminated filter');
    if (this.#source.charAt(end) !== ']') throw new QueryFailure('unclosed array expect ]');
    const text = this.#source.slice(start, end - 1);
    this.at = end + 1;
    const [, left, test, right] = /^([^!<>=]+)([!<>=]+)([^]+)$/.exec(text) ?? [];
    this.#steps.push(
      left === undefined || test === undefined || right === undefined
        ? { kind: 'filter', left: parsePath(text) }
        : { kind: 'filter', left: parsePath(left), test, right: parsePath(right) },
    );
  }
}

/** Behind the quote that ends a text, which no backslash stands before. */
function endOfQuote(source: string, from: number, quote: string): number | undefined {
  for (let at = from; at < source.length && source.charAt(at) !== '\n'; at += 1) {
    if (source.charAt(at) === quote && source.charAt(at - 1) !== '\\') return at + 1;
  }
  return undefined;
}

/** Behind the `)` that ends a filter: one that stands in no quotes. */
function endOfFilter(source: string, from: number): number | undefined {
  let at = from;
  while (at < source.length && source.charAt(at) !== '\n') {
    const char = source.charAt(at);
    const isQuote = char === "'" || char === '"';
    const next = isQuote ? endOfQuote(source, at + 1, char) : at + 1;
    if (next === undefined) return undefined;
    at = next;
    if (char === ')') return at;
  }
  return undefined;
}

function readBrackets(text: string): readonly Step[] {
  const quoted = /^"([^"]*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return [{ kind: 'field', name: quoted }];
  const key = /^'([^']*)'$/.exec(text)?.[1];
  if (key === undefined) return [parseSlice(text === '*' ? ':' : text)];
  const path = readAsPath(key);
  const [only] = path ?? [];
  if (path?.length === 1 && only?.kind === 'field') return [only];
  return [{ kind: 'key', name: key, ...(path === undefined ? {} : { path }) }];
}

function readAsPath(key: string): Path | undefined {
  try {
    return parsePath(`.${key}`);
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return undefined;
    throw thrown;
  }
}

/** As Go's `%#U`: `U+0023 '#'`. */
function describeChar(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /\p{C}/u.test(char) ? `U+${code}` : `U+${code} '${char}'`;
}
