import type { Cursor } from './cursor.js';
import type { Node } from './node.js';

/** Expressions with commas between them, up to the bracket that closes them. */
export function parseItems(cursor: Cursor, close: string): readonly Node[] {
  const items: Node[] = [];
  while (!cursor.accept(close)) {
    items.push(cursor.grammar.expression(cursor));
    if (!cursor.is(close)) cursor.expect(',');
  }
  return items;
}

/** A value with the members, indexes, slices and calls that follow it. */
export function parsePostfix(cursor: Cursor, start: Node): Node {
  let node = start.node === 'chain' ? start.inner : start;
  let optional = start.node === 'chain';
  for (;;) {
    const { at } = cursor.token;
    const asks = cursor.accept('?.');
    if (cursor.accept('[')) {
      // An index ends the chain: it does not skip what an optional member left out. A slice is never optional.
      if (optional) node = cursor.made({ node: 'chain', inner: node, at: start.at });
      node = parseIndex(cursor, node, asks, at);
      optional = node.node === 'member' && asks;
    } else if (asks || cursor.accept('.')) {
      optional ||= asks;
      node = parseMember(cursor, node, asks, at);
    } else break;
  }
  return optional ? cursor.made({ node: 'chain', inner: node, at: start.at }) : node;
}

/** The name behind a dot, with the arguments when it is called. */
export function parseMember(cursor: Cursor, base: Node, optional: boolean, at: number): Node {
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
