import { ExprError } from '../expr-error.js';
import { Cursor } from './cursor.js';
import type { Node } from './node.js';
import { parseCallArguments, parsePrimary } from './parse-primary.js';
import { binaryPrecedence, negatable, orderings, unaryPrecedence } from './precedence.js';

/** The tree of a source. Throws ExprError at the first thing that is out of place. */
export function parse(source: string): Node {
  const cursor = new Cursor(source, { expression: parseExpression, sequence: parseSequence });
  const tree = parseSequence(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  return tree;
}

/** `a; b; c`, a `;` at the end allowed. */
function parseSequence(cursor: Cursor): Node {
  const { at } = cursor.token;
  const steps = [parseExpression(cursor)];
  while (cursor.accept(';')) {
    if (cursor.token.kind === 'end' || cursor.is(')') || cursor.is('}')) break;
    steps.push(parseExpression(cursor));
  }
  const [only] = steps;
  return steps.length === 1 && only !== undefined ? only : cursor.made({ node: 'sequence', steps, at });
}

function parseExpression(cursor: Cursor): Node {
  return cursor.nested(() => {
    if (cursor.is('let')) return parseLet(cursor);
    if (cursor.is('if')) return parseIf(cursor);
    return parseTernary(cursor, parseBinary(cursor, 0));
  });
}

function parseLet(cursor: Cursor): Node {
  const { at } = cursor.next();
  const token = cursor.next();
  if (token.kind !== 'name') throw cursor.unexpected(token);
  cursor.expect('=');
  const value = parseExpression(cursor);
  cursor.expect(';');
  return cursor.made({ node: 'let', name: token.text, value, body: parseSequence(cursor), at });
}

function parseIf(cursor: Cursor): Node {
  const { at } = cursor.next();
  const test = parseExpression(cursor);
  const yes = parseBlock(cursor);
  cursor.expect('else');
  const no = cursor.is('if') ? parseIf(cursor) : parseBlock(cursor);
  return cursor.made({ node: 'conditional', test, yes, no, at });
}

function parseBlock(cursor: Cursor): Node {
  cursor.expect('{');
  const body = parseSequence(cursor);
  cursor.expect('}');
  return body;
}

function parseTernary(cursor: Cursor, test: Node): Node {
  const { at } = cursor.token;
  if (cursor.accept('?:')) {
    return cursor.made({ node: 'conditional', test, yes: test, no: parseExpression(cursor), at });
  }
  if (!cursor.accept('?')) return test;
  const yes = parseExpression(cursor);
  cursor.expect(':');
  return cursor.made({ node: 'conditional', test, yes, no: parseExpression(cursor), at });
}

/** Everything that binds at least as tightly as `minimum`. */
function parseBinary(cursor: Cursor, minimum: number): Node {
  let left = parseUnary(cursor);
  for (let step = nextOperator(cursor, minimum); step !== undefined; step = nextOperator(cursor, minimum)) {
    const { at } = cursor.next();
    if (step.negated) cursor.next();
    left =
      step.operator === '|' ? parsePipe(cursor, left) : parseRight(cursor, left, { ...step, minimum }, at);
  }
  return left;
}

interface Step {
  readonly operator: string;
  readonly precedence: number;
  readonly negated: boolean;
}

function nextOperator(cursor: Cursor, minimum: number): Step | undefined {
  if (cursor.token.kind !== 'operator') return undefined;
  const after = cursor.ahead(1);
  const negated = cursor.is('not') && after.kind === 'operator' && negatable.has(after.text);
  const operator = negated ? after.text : cursor.token.text;
  const precedence = binaryPrecedence[operator];
  return precedence === undefined || precedence < minimum ? undefined : { operator, precedence, negated };
}

function parseRight(cursor: Cursor, left: Node, step: Step & { readonly minimum: number }, at: number): Node {
  const rightAssociative = step.operator === '**' || step.operator === '^';
  const right = cursor.nested(() => parseBinary(cursor, step.precedence + (rightAssociative ? 0 : 1)));
  const made = cursor.made({ node: 'binary', operator: step.operator, left, right, at });
  if (step.operator === '??') refuseMixedCoalescing(cursor, step.minimum);
  if (orderings.has(step.operator)) return parseChain(cursor, made, right);
  return step.negated ? cursor.made({ node: 'unary', operator: 'not', operand: made, at }) : made;
}

/** `1 < a <= 3` means `1 < a and a <= 3`. */
function parseChain(cursor: Cursor, first: Node, middle: Node): Node {
  if (cursor.token.kind !== 'operator' || !orderings.has(cursor.token.text)) return first;
  const { text: operator, at } = cursor.next();
  const right = parseBinary(cursor, 21);
  const second = cursor.made({ node: 'binary', operator, left: middle, right, at });
  const both = cursor.made({ node: 'binary', operator: 'and', left: first, right: second, at });
  return parseChain(cursor, both, right);
}

/** After `??` only another one or a pipe may follow where the same run of operators would go on. */
function refuseMixedCoalescing(cursor: Cursor, minimum: number): void {
  const next = nextOperator(cursor, minimum);
  if (next === undefined || next.operator === '??' || next.operator === '|') return;
  throw new ExprError(
    `operator (${next.operator}) and coalesce expressions (??) cannot be mixed: put either in parentheses`,
    cursor.token.at,
  );
}

function parsePipe(cursor: Cursor, left: Node): Node {
  const builtinOnly = cursor.accept('::');
  const token = cursor.next();
  if (token.kind !== 'name') throw cursor.unexpected(token);
  if (!cursor.is('(')) throw cursor.unexpected();
  return parseCallArguments(cursor, { name: token.text, at: token.at, first: left, builtinOnly });
}

function parseUnary(cursor: Cursor): Node {
  const { token } = cursor;
  const precedence = token.kind === 'operator' ? unaryPrecedence[token.text] : undefined;
  if (precedence === undefined) return parsePrimary(cursor);
  cursor.next();
  const operand = cursor.nested(() => parseBinary(cursor, precedence));
  return cursor.made({ node: 'unary', operator: token.text, operand, at: token.at });
}
