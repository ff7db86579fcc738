import { parseTemplate, type Operation, type Template } from './expression.js';
import { matchedLengths, parseGlob } from '../glob.js';

export interface SubstituteOptions {
  /** A variable that is unset and has no default is an error; otherwise it is empty. */
  readonly isStrict: boolean;
}

export type Substituted =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

type Variables = Readonly<Record<string, string>>;

/** Replacements inside of replacements multiply: what becomes longer than this is refused. */
const mostCharacters = 2 ** 24;

class TooLong extends Error {}

/** A text with its references filled in. */
export function substitute(text: string, variables: Variables, options: SubstituteOptions): Substituted {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return { ok: false, message: parsed.problem.message };
  const unset: string[] = [];
  const result = attempt(() => fill(parsed.template, variables, (name) => unset.push(name)));
  if (result === undefined) {
    return { ok: false, message: `replacements make more than ${mostCharacters} characters` };
  }
  const [first] = unset;
  if (options.isStrict && first !== undefined) {
    return { ok: false, message: `variable not set (strict mode): "${first}"` };
  }
  return { ok: true, text: result };
}

function attempt(work: () => string): string | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof TooLong) return undefined;
    throw thrown;
  }
}

type Report = (name: string) => void;

function fill(template: Template, variables: Variables, unset: Report): string {
  return template
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = Object.hasOwn(variables, part.name) ? variables[part.name] : undefined;
      const resolve = (inner: Template) => fill(inner, variables, unset);
      if (part.operation.kind === 'default') {
        return value === undefined || value === '' ? resolve(part.operation.fallback) : value;
      }
      if (value === undefined) unset(part.name);
      return operate(part.operation, value ?? '', resolve);
    })
    .join('');
}

type Valued = Exclude<Operation, { readonly kind: 'default' }>;

function operate(operation: Valued, value: string, resolve: (template: Template) => string): string {
  switch (operation.kind) {
    case 'value':
      return value;
    case 'length':
      return String(new TextEncoder().encode(value).length);
    case 'case':
      return changeCase(operation.form, value);
    case 'substring':
      return substring(value, resolve(operation.start), operation.length && resolve(operation.length));
    case 'trim':
      return trim(operation.form, value, resolve(operation.pattern));
    case 'replace':
      return replace(operation.form, value, resolve(operation.from), resolve(operation.to));
  }
}

function changeCase(form: '^' | '^^' | ',' | ',,', value: string): string {
  const first = value.charAt(0);
  switch (form) {
    case '^':
      return first.toUpperCase() + value.slice(1);
    case '^^':
      return value.toUpperCase();
    case ',':
      return first.toLowerCase() + value.slice(1);
    case ',,':
      return value.toLowerCase();
  }
}

/** Counted in bytes of UTF-8, as the peer does; what is no number leaves the whole value. */
function substring(value: string, startText: string, lengthText: string | undefined): string {
  const isNumber = (text: string) => /^[+-]?\d+$/.test(text);
  if (!isNumber(startText) || (lengthText !== undefined && !isNumber(lengthText))) return value;
  const bytes = new TextEncoder().encode(value);
  const asked = Number(startText);
  const start = asked < 0 ? Math.max(0, bytes.length + asked) : asked;
  if (start > bytes.length) return '';
  const length = lengthText === undefined ? bytes.length : Number(lengthText);
  const end = length < 0 ? Math.max(start, bytes.length + length) : Math.min(bytes.length, start + length);
  return new TextDecoder().decode(bytes.slice(start, end));
}

function trim(form: '#' | '##' | '%' | '%%', value: string, pattern: string): string {
  const glob = parseGlob(pattern);
  const isPrefix = form.startsWith('#');
  const characters = Array.from(value);
  if (glob === undefined) return value;
  const lengths = [
    ...(isPrefix
      ? matchedLengths(glob, characters)
      : matchedLengths(glob.toReversed(), characters.toReversed())),
  ];
  const cut = form.length === 2 ? lengths.at(-1) : lengths[0];
  if (cut === undefined) return value;
  return (isPrefix ? characters.slice(cut) : characters.slice(0, characters.length - cut)).join('');
}

function replace(form: '/' | '//' | '/#' | '/%', value: string, from: string, to: string): string {
  if (from === '') return value;
  if (form === '//' && (value.split(from).length - 1) * to.length > mostCharacters) throw new TooLong();
  switch (form) {
    case '/':
      return value.replace(from, () => to);
    case '//':
      return value.replaceAll(from, () => to);
    case '/#':
      return value.startsWith(from) ? to + value.slice(from.length) : value;
    case '/%':
      return value.endsWith(from) ? value.slice(0, value.length - from.length) + to : value;
  }
}
