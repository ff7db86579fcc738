import type { Token } from './lexer.js';
import { TemplateError } from './template-error.js';

/** Reads tokens one by one. */
export class TokenCursor {
  #index = 0;

  constructor(
    readonly tokens: readonly Token[],
    /** Offset that is named when the template ends too early. */
    readonly end: number,
  ) {}

  peek(): Token | undefined {
    return this.tokens[this.#index];
  }

  /** The next token that is no blank. */
  peekSolid(): Token | undefined {
    this.skipSpace();
    return this.peek();
  }

  next(): Token {
    const token = this.tokens[this.#index];
    if (token === undefined) throw new TemplateError('unexpected EOF', this.end);
    this.#index += 1;
    return token;
  }

  skipSpace(): void {
    while (this.peek()?.kind === 'space') this.#index += 1;
  }

  /** Takes the symbol when it comes next. */
  take(symbol: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#index += 1;
    return true;
  }

  /** Where to go back to. */
  mark(): number {
    return this.#index;
  }

  reset(mark: number): void {
    this.#index = mark;
  }

  expectClose(context: string): void {
    this.skipSpace();
    const token = this.next();
    if (token.kind !== 'close') throw unexpected(token, context);
  }
}

/** What is said of a token that cannot stand where it stands. */
export function unexpected(token: Token, context: string): TemplateError {
  return new TemplateError(`unexpected ${shown(token)} in ${context}`, token.at);
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'open':
      return '"{{"';
    case 'close':
      return '"}}"';
    case 'dot':
      return '<.>';
    case 'space':
      return '" "';
    case 'string':
    case 'number':
      return `${token.kind} ${String(token.value)}`;
    default:
      return `"${token.kind === 'field' ? '.' : ''}${token.text.slice(0, 20)}"`;
  }
}
