import { lexTemplate, type Token } from './lexer.js';
import { parsePipe, type ParseScope } from './parse-pipe.js';
import type { Node, Pipe } from './syntax.js';
import { TemplateError } from './template-error.js';
import { TokenCursor, unexpected } from './token-cursor.js';

/** A parsed template and those that are defined in it. */
export interface ParsedTemplate {
  readonly root: readonly Node[];
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}

/** Parses a template that may call the functions of these names. Throws TemplateError. */
export function parseSource(source: string, functions: ReadonlySet<string>): ParsedTemplate {
  const cursor = new TokenCursor(lexTemplate(source), source.length);
  const parser = new TemplateParser(cursor, functions);
  return parser.parse();
}

/** How a list of nodes ended. */
type Ending = { readonly word: 'end' | 'else' | 'eof'; readonly at: number };

interface Body {
  readonly nodes: readonly Node[];
  readonly ending: Ending;
}

/** Blocks in blocks: more than anybody writes, less than the stack holds. */
const maxDepth = 200;

class TemplateParser {
  readonly #cursor: TokenCursor;
  readonly #functions: ReadonlySet<string>;
  readonly #definitions = new Map<string, readonly Node[]>();
  #variables: string[] = ['$'];
  #ranges = 0;
  #depth = 0;

  constructor(cursor: TokenCursor, functions: ReadonlySet<string>) {
    this.#cursor = cursor;
    this.#functions = functions;
  }

  parse(): ParsedTemplate {
    const { nodes, ending } = this.#parseList();
    if (ending.word !== 'eof') throw new TemplateError(`unexpected {{${ending.word}}}`, ending.at);
    return { root: nodes, definitions: this.#definitions };
  }

  get #scope(): ParseScope {
    return { functions: this.#functions, variables: this.#variables };
  }

  #parseList(): Body {
    const nodes: Node[] = [];
    for (let token = this.#cursor.peek(); token !== undefined; token = this.#cursor.peek()) {
      this.#cursor.next();
      if (token.kind === 'text') {
        nodes.push({ node: 'text', text: token.text, at: token.at });
        continue;
      }
      const parsed = this.#parseAction(token);
      if ('word' in parsed) return { nodes, ending: parsed };
      nodes.push(...parsed.nodes);
    }
    return { nodes, ending: { word: 'eof', at: this.#cursor.end } };
  }

  #parseAction(open: Token): Ending | { readonly nodes: readonly Node[] } {
    const { at } = open;
    const keyword = this.#cursor.peekSolid();
    const word = keyword?.kind === 'word' ? keyword.text : '';
    switch (word) {
      case 'end':
        this.#cursor.next();
        this.#cursor.expectClose('end');
        return { word: 'end', at };
      case 'else':
        this.#cursor.next();
        return { word: 'else', at };
      case 'if':
      case 'with':
      case 'range':
        this.#cursor.next();
        return { nodes: [this.#parseBranch(word, at)] };
      case 'define':
        this.#cursor.next();
        this.#parseDefinition(at);
        return { nodes: [] };
      case 'block':
      case 'template':
        this.#cursor.next();
        return { nodes: [this.#parseTemplate(word, at)] };
      case 'break':
      case 'continue':
        this.#cursor.next();
        this.#cursor.expectClose(word);
        if (this.#ranges === 0) throw new TemplateError(`{{${word}}} outside {{range}}`, at);
        return { nodes: [{ node: word, at }] };
      default:
        return { nodes: [this.#parsePlain(at)] };
    }
  }

  #parsePlain(at: number): Node {
    const pipe = parsePipe(this.#cursor, this.#scope, 'command');
    this.#cursor.expectClose('command');
    return { node: 'action', pipe, at };
  }

  #parseBranch(kind: 'if' | 'with' | 'range', at: number): Node {
    const outer = this.#variables;
    this.#variables = [...outer];
    const pipe = parsePipe(this.#cursor, this.#scope, kind, kind === 'range');
    this.#cursor.expectClose(kind);
    if (kind === 'range') this.#ranges += 1;
    const body = this.#parseNested();
    if (kind === 'range') this.#ranges -= 1;
    const otherwise = body.ending.word === 'else' ? this.#parseElse(kind) : this.#ended(body, at);
    this.#variables = outer;
    return { node: kind, pipe, body: body.nodes, otherwise, at };
  }

  #parseNested(): Body {
    this.#depth += 1;
    if (this.#depth > maxDepth)
      throw new TemplateError('blocks are nested too deeply', this.#cursor.peek()?.at ?? 0);
    const declared = this.#variables.length;
    const body = this.#parseList();
    this.#variables.length = declared;
    this.#depth -= 1;
    return body;
  }

  /** Behind `else`: `}}` and a list, or `if` and `with` as the only node of the list. */
  #parseElse(kind: 'if' | 'with' | 'range'): readonly Node[] {
    const token = this.#cursor.peekSolid();
    if (token?.kind === 'word' && token.text === kind && kind !== 'range') {
      this.#cursor.next();
      return [this.#parseBranch(kind, token.at)];
    }
    this.#cursor.expectClose('else');
    const body = this.#parseNested();
    if (body.ending.word === 'else') throw new TemplateError('expected end; found {{else}}', body.ending.at);
    this.#ended(body, token?.at ?? this.#cursor.end);
    return body.nodes;
  }

  #ended({ ending }: Body, at: number): readonly Node[] {
    if (ending.word === 'eof')
      throw new TemplateError('unexpected EOF: a block that begins here has no {{end}}', at);
    return [];
  }

  #parseDefinition(at: number): void {
    const name = this.#parseName('define');
    this.#cursor.expectClose('define clause');
    this.#define(name, at);
  }

  #define(name: string, at: number): void {
    const outer = this.#variables;
    const ranges = this.#ranges;
    this.#variables = ['$'];
    this.#ranges = 0;
    const body = this.#parseNested();
    if (body.ending.word === 'else')
      throw new TemplateError('unexpected {{else}} in define clause', body.ending.at);
    this.#ended(body, at);
    this.#definitions.set(name, body.nodes);
    this.#variables = outer;
    this.#ranges = ranges;
  }

  #parseTemplate(kind: 'block' | 'template', at: number): Node {
    const name = this.#parseName(kind);
    const hasPipe = this.#cursor.peekSolid()?.kind !== 'close';
    if (kind === 'block' && !hasPipe) throw new TemplateError('missing value for block clause', at);
    const pipe: Pipe | undefined = hasPipe
      ? parsePipe(this.#cursor, this.#scope, `${kind} clause`)
      : undefined;
    this.#cursor.expectClose(`${kind} clause`);
    if (kind === 'block') this.#define(name, at);
    return { node: 'template', name, ...(pipe === undefined ? {} : { pipe }), at };
  }

  #parseName(context: string): string {
    this.#cursor.skipSpace();
    const token = this.#cursor.next();
    if (token.kind !== 'string') throw unexpected(token, `${context} clause`);
    return token.value;
  }
}
