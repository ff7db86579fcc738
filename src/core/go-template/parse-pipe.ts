import type { Token } from './lexer.js';
import type { Command, Operand, Pipe } from './syntax.js';
import { TemplateError } from './template-error.js';
import { type TokenCursor, unexpected } from './token-cursor.js';

/** What is known while a template is parsed. */
export interface ParseScope {
  readonly functions: ReadonlySet<string>;
  /** Variables that are visible now; those declared in a block go with it. */
  readonly variables: string[];
  /** Parentheses that are open. */
  readonly depth?: number;
}

/** Parentheses in parentheses: more than anybody writes, less than the stack holds. */
const maxDepth = 200;

/** Reads a pipeline up to the end of the action, or up to `)`. @param mayRange - two variables may be declared. */
export function parsePipe(cursor: TokenCursor, scope: ParseScope, context: string, mayRange = false): Pipe {
  cursor.skipSpace();
  const at = cursor.peek()?.at ?? cursor.end;
  const head = parseDeclaration(cursor, scope, mayRange);
  const commands: Command[] = [];
  for (;;) {
    commands.push(parseCommand(cursor, scope, context));
    cursor.skipSpace();
    if (!cursor.take('|')) break;
  }
  checkCommands(commands);
  for (const name of head.isNew ? head.variables : []) scope.variables.push(name);
  return { variables: head.variables, assigns: !head.isNew && head.variables.length > 0, commands, at };
}

/** Only functions take what comes through a pipe. */
function checkCommands(commands: readonly Command[]): void {
  for (const [i, { operands, at }] of commands.entries()) {
    const [first] = operands;
    if (i > 0 && ['constant', 'nil', 'dot'].includes(first.operand)) {
      throw new TemplateError(`non executable command in pipeline stage ${i + 1}`, at);
    }
    if (first.operand === 'nil' && operands.length === 1 && commands.length === 1) {
      throw new TemplateError('nil is not a command', at);
    }
  }
}

interface Declaration {
  readonly variables: readonly string[];
  readonly isNew: boolean;
}

function parseDeclaration(cursor: TokenCursor, scope: ParseScope, mayRange: boolean): Declaration {
  const none: Declaration = { variables: [], isNew: false };
  const mark = cursor.mark();
  const names: string[] = [];
  for (let token = cursor.peekSolid(); token?.kind === 'variable'; token = cursor.peekSolid()) {
    cursor.next();
    names.push(token.text);
    cursor.skipSpace();
    if (cursor.take(':=')) return { variables: names, isNew: true };
    if (cursor.take('=')) {
      for (const name of names) requireVariable(scope, name, token.at);
      return { variables: names, isNew: false };
    }
    if (!mayRange || names.length > 1 || !cursor.take(',')) break;
  }
  cursor.reset(mark);
  return none;
}

function parseCommand(cursor: TokenCursor, scope: ParseScope, context: string): Command {
  const operands: Operand[] = [];
  const at = cursor.peekSolid()?.at ?? cursor.end;
  for (;;) {
    const operand = parseOperand(cursor, scope, context);
    if (operand === undefined) break;
    operands.push(operand);
    if (cursor.peek()?.kind !== 'space') break;
  }
  const [first, ...rest] = operands;
  if (first === undefined) {
    const token = cursor.peek();
    if (token === undefined) throw new TemplateError('unexpected EOF', cursor.end);
    if (token.kind === 'close') throw new TemplateError(`missing value for ${context}`, token.at);
    throw unexpected(token, context);
  }
  return { operands: [first, ...rest], at };
}

/** `undefined` when the command ends here. */
function parseOperand(cursor: TokenCursor, scope: ParseScope, context: string): Operand | undefined {
  const token = cursor.peekSolid();
  if (token === undefined || token.kind === 'close') return undefined;
  if (token.kind === 'symbol' && token.text !== '(') {
    if (token.text === '|' || token.text === ')') return undefined;
    throw unexpected(token, context);
  }
  cursor.next();
  if (token.kind !== 'symbol') return parseTerm(cursor, scope, token);
  const depth = (scope.depth ?? 0) + 1;
  if (depth > maxDepth) throw new TemplateError('parentheses are nested too deeply', token.at);
  const pipe = parsePipe(cursor, { ...scope, depth }, 'parenthesized pipeline');
  cursor.skipSpace();
  if (!cursor.take(')')) throw new TemplateError('unclosed left paren', token.at);
  return { operand: 'pipe', pipe, path: parsePath(cursor), at: token.at };
}

function parseTerm(cursor: TokenCursor, scope: ParseScope, token: Token): Operand {
  const { at } = token;
  switch (token.kind) {
    case 'dot':
      return { operand: 'dot', at };
    case 'string':
    case 'number':
      return { operand: 'constant', value: token.value, at };
    case 'field':
      return { operand: 'field', path: [token.text, ...parsePath(cursor)], at };
    case 'variable':
      requireVariable(scope, token.text, at);
      return { operand: 'variable', name: token.text, path: parsePath(cursor), at };
    case 'word':
      if (token.text === 'nil') return { operand: 'nil', at };
      if (token.text === 'true' || token.text === 'false') {
        return { operand: 'constant', value: token.text === 'true', at };
      }
      if (!scope.functions.has(token.text)) {
        throw new TemplateError(`function ${JSON.stringify(token.text)} not defined`, at);
      }
      return { operand: 'function', name: token.text, at };
    default:
      throw unexpected(token, 'operand');
  }
}

function parsePath(cursor: TokenCursor): readonly string[] {
  const path: string[] = [];
  for (let token = cursor.peek(); token?.kind === 'field'; token = cursor.peek()) {
    cursor.next();
    path.push(token.text);
  }
  return path;
}

function requireVariable(scope: ParseScope, name: string, at: number): void {
  if (!scope.variables.includes(name))
    throw new TemplateError(`undefined variable ${JSON.stringify(name)}`, at);
}
