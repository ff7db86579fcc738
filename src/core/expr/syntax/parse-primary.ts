import { ExprError } from '../expr-error.js';
import type { Cursor } from './cursor.js';
import { type Node, predicateFunctions } from './node.js';
import { parseItems, parseMember, parsePostfix } from './parse-postfix.js';

/** A value with everything that follows it: members, indexes, slices, calls. */
export function parsePrimary(cursor: Cursor): Node {
  const { token } = cursor;
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'bytes') {
    cursor.next();
    return parsePostfix(cursor, cursor.made({ node: 'literal', value: token.value, at: token.at }));
  }
  if (token.kind === 'name') {
    const node = parseName(cursor);
    // Nothing can be asked of true, false and nil.
    return node.node === 'literal' ? node : parsePostfix(cursor, node);
  }
  if (token.kind === 'end') throw cursor.unexpected();
  return parsePostfix(cursor, parseSymbol(cursor));
}

function parseName(cursor: Cursor): Node {
  const { text: name, at } = cursor.next();
  if (name === 'true' || name === 'false')
    return cursor.made({ node: 'literal', value: name === 'true', at });
  if (name === 'nil') return cursor.made({ node: 'literal', value: null, at });
  if (cursor.is('(')) return parseCallArguments(cursor, { name, at, builtinOnly: false });
  return cursor.made({ node: 'name', name, at });
}

function parseSymbol(cursor: Cursor): Node {
  const { text, at } = cursor.next();
  switch (text) {
    case '(': {
      const inner = cursor.nested(() => cursor.grammar.sequence(cursor));
      cursor.expect(')');
      return inner;
    }
    case '[':
      return cursor.made({ node: 'list', items: parseItems(cursor, ']'), at });
    case '{':
      return parseMap(cursor, at);
    case '::': {
      const name = cursor.expectName();
      if (!cursor.is('(')) throw cursor.unexpected();
      return parseCallArguments(cursor, { name, at, builtinOnly: true });
    }
    case '#':
      refuseOutsidePredicate(cursor, text, at);
      return cursor.made({ node: 'pointer', name: pointerName(cursor, at), at });
    case '.':
      refuseOutsidePredicate(cursor, text, at);
      return parseMember(cursor, cursor.made({ node: 'pointer', name: '', at }), false, at);
    default:
      throw new ExprError(`unexpected token Operator(${JSON.stringify(text)})`, at);
  }
}

function pointerName(cursor: Cursor, at: number): string {
  const { token } = cursor;
  if (token.kind !== 'name' || token.at !== at + 1) return '';
  cursor.next();
  if (token.text === 'index' || token.text === 'acc') return token.text;
  throw new ExprError(`unknown pointer #${token.text}`, at);
}

function refuseOutsidePredicate(cursor: Cursor, text: string, at: number): void {
  if (cursor.predicateDepth === 0) {
    throw new ExprError(
      `unexpected token Operator(${JSON.stringify(text)}): only allowed in a predicate`,
      at,
    );
  }
}

function parseMap(cursor: Cursor, at: number): Node {
  const entries: { key: Node; value: Node }[] = [];
  while (!cursor.accept('}')) {
    const key = parseKey(cursor);
    cursor.expect(':');
    entries.push({ key, value: cursor.grammar.expression(cursor) });
    if (!cursor.is('}')) cursor.expect(',');
  }
  return cursor.made({ node: 'map', entries, at });
}

function parseKey(cursor: Cursor): Node {
  if (cursor.accept('(')) {
    const key = cursor.grammar.sequence(cursor);
    cursor.expect(')');
    return key;
  }
  const token = cursor.next();
  const text =
    token.kind === 'string' ? token.value : token.kind === 'number' ? String(token.value) : token.text;
  if (token.kind === 'string' || token.kind === 'number' || token.kind === 'name' || /^\p{L}/u.test(text)) {
    return cursor.made({ node: 'literal', value: text, at: token.at });
  }
  throw new ExprError(
    `a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses`,
    token.at,
  );
}

interface Callee {
  readonly name: string;
  readonly at: number;
  readonly builtinOnly: boolean;
  /** The value that a pipe hands over. */
  readonly first?: Node;
}

/** The arguments of a function that is called by its name; the cursor stands at `(`. */
export function parseCallArguments(cursor: Cursor, callee: Callee): Node {
  cursor.expect('(');
  const args: Node[] = callee.first === undefined ? [] : [callee.first];
  const takesPredicate = predicateFunctions.has(callee.name);
  while (!cursor.accept(')')) {
    const isPredicate = takesPredicate && args.length === 1;
    args.push(isPredicate ? parsePredicate(cursor) : cursor.grammar.expression(cursor));
    if (!cursor.is(')')) cursor.expect(',');
  }
  const { name, at, builtinOnly } = callee;
  const call = cursor.made({ node: 'function', name, args, builtinOnly, at });
  return callee.first === undefined ? call : parsePostfix(cursor, call);
}

function parsePredicate(cursor: Cursor): Node {
  const { at } = cursor.token;
  cursor.predicateDepth += 1;
  const isBlock = cursor.accept('{');
  const body = isBlock ? cursor.grammar.sequence(cursor) : cursor.grammar.expression(cursor);
  if (isBlock) cursor.expect('}');
  cursor.predicateDepth -= 1;
  return cursor.made({ node: 'predicate', body, at });
}
