import { makeMap } from '#core/expr/values/plain.js';
import { isList } from '#core/expr/values/shape.js';
import { TemplateError } from '../../template-error.js';
import { type Datum, isTrue } from '../../value.js';
import { type FunctionTable, intAt, listAt, looseText, type TemplateFunction, textAt } from '../argument.js';

const onText =
  (change: (text: string) => string): TemplateFunction =>
  (args) =>
    change(textAt(args, 0));

/** The subject comes last, so that it can come through a pipe. */
const onLast =
  (change: (subject: string, first: string) => Datum): TemplateFunction =>
  (args) =>
    change(textAt(args, 1), textAt(args, 0));

function trimSet(text: string, set: string): string {
  const chars = Array.from(text);
  const isKept = (char: string) => !set.includes(char);
  const first = chars.findIndex(isKept);
  return first < 0 ? '' : chars.slice(first, chars.findLastIndex(isKept) + 1).join('');
}

function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}'_])(\p{L})/gu,
    (_all, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function words(text: string): readonly string[] {
  return text
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function truncate(count: number, text: string): string {
  const chars = Array.from(text);
  if (count < 0) return chars.length > -count ? chars.slice(chars.length + count).join('') : text;
  return chars.slice(0, count).join('');
}

function indent(spaces: number, text: string): string {
  const blank = ' '.repeat(Math.max(0, Math.min(spaces, 1000)));
  return blank + text.replaceAll('\n', `\n${blank}`);
}

function texts(value: Datum): readonly string[] {
  return isList(value) ? value.filter((item) => item !== null).map(looseText) : [looseText(value)];
}

function splitMap(parts: readonly string[]): Datum {
  return makeMap(parts.map((part, i) => [`_${i}`, part]));
}

function wrap(width: number, text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** Sprig's functions on texts. */
export const textualFunctions: FunctionTable = {
  trim: onText((text) => text.trim()),
  trimAll: onLast((text, set) => trimSet(text, set)),
  trimall: onLast((text, set) => trimSet(text, set)),
  trimPrefix: onLast((text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trimSuffix: onLast((text, suffix) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  upper: onText((text) => text.toUpperCase()),
  lower: onText((text) => text.toLowerCase()),
  title: onText(title),
  untitle: onText((text) =>
    text.replace(/(^|\s)(\p{L})/gu, (_all, before: string, letter: string) => before + letter.toLowerCase()),
  ),
  repeat: (args, machine) => {
    const count = Math.max(0, intAt(args, 0));
    const text = textAt(args, 1);
    machine.allocate(count * text.length);
    return text.repeat(count);
  },
  substr: (args) => {
    const [from, to, text] = [intAt(args, 0), intAt(args, 1), textAt(args, 2)];
    if (from < 0) return text.slice(0, Math.max(0, to));
    return to < 0 || to > text.length ? text.slice(from) : text.slice(from, to);
  },
  nospace: onText((text) => text.replace(/\s/g, '')),
  trunc: (args) => truncate(intAt(args, 0), textAt(args, 1)),
  abbrev: (args) => {
    const [width, text] = [intAt(args, 0), textAt(args, 1)];
    return width < 4 || text.length <= width ? text : `${text.slice(0, width - 3)}...`;
  },
  initials: onText((text) =>
    text
      .split(/\s+/)
      .map((word) => word.charAt(0))
      .join(''),
  ),
  contains: onLast((text, part) => text.includes(part)),
  hasPrefix: onLast((text, prefix) => text.startsWith(prefix)),
  hasSuffix: onLast((text, suffix) => text.endsWith(suffix)),
  quote: (args) =>
    args
      .filter((arg) => arg !== null)
      .map((arg) => JSON.stringify(looseText(arg)))
      .join(' '),
  squote: (args) =>
    args
      .filter((arg) => arg !== null)
      .map((arg) => `'${looseText(arg)}'`)
      .join(' '),
  cat: (args) =>
    args
      .filter((arg) => arg !== null)
      .map(looseText)
      .join(' '),
  indent: (args) => indent(intAt(args, 0), textAt(args, 1)),
  nindent: (args) => `\n${indent(intAt(args, 0), textAt(args, 1))}`,
  replace: (args) => textAt(args, 2).replaceAll(textAt(args, 0), () => textAt(args, 1)),
  plural: (args) => (intAt(args, 2) === 1 ? textAt(args, 0) : textAt(args, 1)),
  snakecase: onText((text) => words(text).join('_').toLowerCase()),
  kebabcase: onText((text) => words(text).join('-').toLowerCase()),
  camelcase: onText((text) =>
    words(text)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join(''),
  ),
  swapcase: onText((text) =>
    text.replace(/\p{L}/gu, (char) =>
      char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase(),
    ),
  ),
  wrap: (args) => wrap(intAt(args, 0), textAt(args, 1)),
  join: (args) => texts(args[1] ?? null).join(textAt(args, 0)),
  split: onLast((text, separator) => splitMap(text.split(separator))),
  splitn: (args) => {
    const [separator, count, text] = [textAt(args, 0), intAt(args, 1), textAt(args, 2)];
    const parts = text.split(separator);
    const head = parts.slice(0, Math.max(0, count - 1));
    const tail = parts.slice(head.length);
    return splitMap(tail.length === 0 ? head : [...head, tail.join(separator)]);
  },
  splitList: onLast((text, separator) => text.split(separator)),
  sortAlpha: (args) => texts(listAt(args, 0)).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  toString: (args: readonly Datum[]) => looseText(args[0] ?? null),
  toStrings: (args) => texts(args[0] ?? null),
  default: ([fallback = null, given = null]) => (isTrue(given) ? given : fallback),
  empty: (args) => !isTrue(args[0] ?? null),
  coalesce: (args) => args.find(isTrue) ?? null,
  all: (args) => args.every(isTrue),
  any: (args) => args.some(isTrue),
  ternary: ([yes = null, no = null, test = null]) => (isTrue(test) ? yes : no),
  fail: (args): never => {
    throw new TemplateError(textAt(args, 0));
  },
};
