import type { Cursor } from './cursor.js';
import { ExprError } from './expr-error.js';
import { predicateFunctions, type Node } from './syntax.js';

/** A value with everything that follows it: members, indexes, slices, calls. */
export function parsePrimary(cursor: Cursor): Node {
  const { token } = cursor;
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'bytes') {
    cursor.next();
    return parsePostfix(cursor, cursor.made({ node: 'literal', value: token.value, at: token.at }));
  }
  if (token.kind === 'name') return parsePostfix(cursor, parseName(cursor));
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

function parseItems(cursor: Cursor, close: string): readonly Node[] {
  const items: Node[] = [];
  while (!cursor.accept(close)) {
    items.push(cursor.grammar.expression(cursor));
    if (!cursor.is(close)) cursor.expect(',');
  }
  return items;
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

function parsePostfix(cursor: Cursor, start: Node): Node {
  let node = start.node === 'chain' ? start.inner : start;
  let optional = start.node === 'chain';
  for (;;) {
    const { at } = cursor.token;
    if (cursor.accept('?.')) {
      optional = true;
      node = cursor.accept('[') ? parseIndex(cursor, node, true, at) : parseMember(cursor, node, true, at);
    } else if (cursor.accept('.')) node = parseMember(cursor, node, false, at);
    else if (cursor.accept('[')) {
      // An index ends the chain: it does not skip what an optional member left out.
      if (optional) node = cursor.made({ node: 'chain', inner: node, at: start.at });
      optional = false;
      node = parseIndex(cursor, node, false, at);
    } else break;
  }
  return optional ? cursor.made({ node: 'chain', inner: node, at: start.at }) : node;
}

function parseMember(cursor: Cursor, base: Node, optional: boolean, at: number): Node {
  const nameAt = cursor.token.kind === 'end' ? at : cursor.token.at;
  const property = cursor.made({ node: 'literal', value: cursor.expectName(), at: nameAt });
  const member = cursor.made({ node: 'member', base, property, optional, at: nameAt });
  if (!cursor.accept('(')) return member;
  return cursor.made({ node: 'call', callee: member, args: parseItems(cursor, ')'), at: nameAt });
}

function parseIndex(cursor: Cursor, base: Node, optional: boolean, at: number): Node {
  if (cursor.accept(':')) return parseSliceEnd(cursor, base, undefined, at);
  const property = cursor.grammar.expression(cursor);
  if (cursor.accept(':')) return parseSliceEnd(cursor, base, property, at);
  cursor.expect(']');
  return cursor.made({ node: 'member', base, property, optional, at });
}

function parseSliceEnd(cursor: Cursor, base: Node, from: Node | undefined, at: number): Node {
  const to = cursor.is(']') ? undefined : cursor.grammar.expression(cursor);
  cursor.expect(']');
  return cursor.made({ node: 'slice', base, from, to, at });
}
