/** One piece of a text with references. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `${name}` with what is done to its value. */
  | { readonly kind: 'reference'; readonly name: string; readonly operation: Operation };

/** What stands behind the name; arguments may hold references of their own. */
export type Operation =
  | { readonly kind: 'value' }
  | { readonly kind: 'length' }
  | { readonly kind: 'case'; readonly form: '^' | '^^' | ',' | ',,' }
  | { readonly kind: 'default'; readonly fallback: Template }
  | { readonly kind: 'substring'; readonly start: Template; readonly length?: Template }
  | { readonly kind: 'trim'; readonly form: '#' | '##' | '%' | '%%'; readonly pattern: Template }
  | {
      readonly kind: 'replace';
      readonly form: '/' | '//' | '/#' | '/%';
      readonly from: Template;
      readonly to: Template;
    };

export type Template = readonly Part[];

/** The text does not follow the grammar. */
interface ExpressionProblem {
  readonly message: string;
}

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problem: ExpressionProblem };

/** Reads a text with `${...}` references; `$$` is a plain `$`, a `$` before anything else stays. */
export function parseTemplate(text: string): ParsedTemplate {
  const reader: Reader = { text, at: 0, depth: 0 };
  const template = readTemplate(reader, '', false);
  return 'message' in template ? { ok: false, problem: template } : { ok: true, template };
}

interface Reader {
  readonly text: string;
  at: number;
  /** References that are open. */
  depth: number;
}

/** A reference in the default of a reference, and so on: deeper than anybody means, and not too deep for the stack. */
const deepest = 200;

const missingBrace: ExpressionProblem = { message: 'missing closing brace' };
const badName: ExpressionProblem = { message: 'unable to parse variable name' };
const badSubstitution: ExpressionProblem = { message: 'bad substitution' };

/** Reads up to one of the characters (which is left) or the end. @param escapes - `\x` of an ending character is that character. */
function readTemplate(reader: Reader, ends: string, escapes: boolean): Template | ExpressionProblem {
  const parts: Part[] = [];
  let plain = '';
  const { text } = reader;
  while (reader.at < text.length) {
    const char = text.charAt(reader.at);
    const next = text.charAt(reader.at + 1);
    if (ends.includes(char) && ends !== '') break;
    if (escapes && char === '\\' && (next === '\\' || next === '/')) {
      plain += next;
      reader.at += 2;
    } else if (char === '$' && next === '$') {
      plain += '$';
      reader.at += 2;
    } else if (char === '$' && next === '{') {
      if (plain !== '') parts.push({ kind: 'text', text: plain });
      plain = '';
      reader.at += 2;
      const reference = readReference(reader);
      if ('message' in reference) return reference;
      parts.push(reference);
    } else {
      plain += char;
      reader.at += 1;
    }
  }
  if (plain !== '') parts.push({ kind: 'text', text: plain });
  return parts;
}

function readReference(reader: Reader): Part | ExpressionProblem {
  if (reader.depth >= deepest) return badSubstitution;
  reader.depth += 1;
  const reference = readOpenReference(reader);
  reader.depth -= 1;
  return reference;
}

function readOpenReference(reader: Reader): Part | ExpressionProblem {
  const isLength = reader.text.charAt(reader.at) === '#';
  if (isLength) reader.at += 1;
  const name = /^[\p{L}\p{Nd}_]+/u.exec(reader.text.slice(reader.at))?.[0];
  if (name === undefined) return badName;
  reader.at += name.length;
  const operation = isLength ? ({ kind: 'length' } as const) : readOperation(reader);
  if ('message' in operation) return operation;
  if (reader.text.charAt(reader.at) !== '}') return missingBrace;
  reader.at += 1;
  return { kind: 'reference', name, operation };
}

function readOperation(reader: Reader): Operation | ExpressionProblem {
  const rest = reader.text.slice(reader.at);
  const take = <T extends string>(forms: readonly T[]): T | undefined => {
    const form = forms.find((each) => rest.startsWith(each));
    reader.at += form?.length ?? 0;
    return form;
  };
  const letterCase = take(['^^', '^', ',,', ',']);
  if (letterCase !== undefined) return { kind: 'case', form: letterCase };
  if (take([':=', ':-', ':?', ':+', '=']) !== undefined) {
    return withTemplate(reader, '}', false, (fallback) => ({ kind: 'default', fallback }));
  }
  const trim = take(['##', '#', '%%', '%']);
  if (trim !== undefined) {
    return withTemplate(reader, '}', false, (pattern) => ({ kind: 'trim', form: trim, pattern }));
  }
  const replace = take(['//', '/#', '/%', '/']);
  if (replace !== undefined) return readReplace(reader, replace);
  if (take([':']) !== undefined) return readSubstring(reader);
  return rest === '' ? badSubstitution : { kind: 'value' };
}

function readReplace(reader: Reader, form: '/' | '//' | '/#' | '/%'): Operation | ExpressionProblem {
  return withTemplate(reader, '/}', true, (from) => {
    if (reader.text.charAt(reader.at) !== '/') return { kind: 'replace', form, from, to: [] };
    reader.at += 1;
    return withTemplate(reader, '}', true, (to) => ({ kind: 'replace', form, from, to }));
  });
}

function readSubstring(reader: Reader): Operation | ExpressionProblem {
  return withTemplate(reader, ':}', false, (start) => {
    if (reader.text.charAt(reader.at) !== ':') return { kind: 'substring', start };
    reader.at += 1;
    return withTemplate(reader, '}', false, (length) => ({ kind: 'substring', start, length }));
  });
}

function withTemplate(
  reader: Reader,
  ends: string,
  escapes: boolean,
  make: (template: Template) => Operation | ExpressionProblem,
): Operation | ExpressionProblem {
  const template = readTemplate(reader, ends, escapes);
  return 'message' in template ? template : make(template);
}
