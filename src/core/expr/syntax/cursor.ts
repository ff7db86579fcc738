import { ExprError } from '../expr-error.js';
import { type Token, tokenize } from './lexer.js';
import type { Node } from './node.js';

const maxNodes = 10_000;

const maxDepth = 300;

/** The two entries of the grammar that every part of it comes back to. */
export interface Grammar {
  expression(cursor: Cursor): Node;
  sequence(cursor: Cursor): Node;
}

/** A place in the token list, with the bounds that every tree must keep. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #index = 0;
  #nodes = 0;
  #depth = 0;
  /** How many predicates are open around here: `#` and a leading `.` mean something inside one only. */
  predicateDepth = 0;

  constructor(
    source: string,
    readonly grammar: Grammar,
  ) {
    this.#tokens = tokenize(source);
  }

  get token(): Token {
    return this.ahead(0);
  }

  /** The token `n` places further. */
  ahead(n: number): Token {
    const token = this.#tokens[Math.min(this.#index + n, this.#tokens.length - 1)];
    if (token === undefined) throw new ExprError('unexpected end');
    return token;
  }

  next(): Token {
    const { token } = this;
    this.#index += 1;
    return token;
  }

  is(operator: string): boolean {
    return this.token.kind === 'operator' && this.token.text === operator;
  }

  /** Steps over the operator if it is there. */
  accept(operator: string): boolean {
    if (!this.is(operator)) return false;
    this.#index += 1;
    return true;
  }

  expect(operator: string): void {
    if (!this.accept(operator)) throw this.unexpected();
  }

  expectName(): string {
    const token = this.next();
    if (token.kind === 'name' || (token.kind === 'operator' && /^\p{L}/u.test(token.text))) return token.text;
    throw this.unexpected(token);
  }

  unexpected(token: Token = this.token): ExprError {
    if (token.kind === 'end') return new ExprError('unexpected token EOF', token.at);
    const kind =
      token.kind === 'name' ? 'Identifier' : `${token.kind.charAt(0).toUpperCase()}${token.kind.slice(1)}`;
    return new ExprError(`unexpected token ${kind}(${JSON.stringify(token.text)})`, token.at);
  }

  /** Counts the node; a tree that is too big is refused. */
  made(node: Node): Node {
    this.#nodes += 1;
    if (this.#nodes > maxNodes)
      throw new ExprError('compilation failed: expression exceeds maximum allowed nodes');
    return node;
  }

  /** Runs a parse one level deeper; a source that is nested too deeply is refused. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new ExprError('expression is nested too deeply', this.token.at);
    const result = parse();
    this.#depth -= 1;
    return result;
  }
}
