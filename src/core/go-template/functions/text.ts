import { formatDatum, type Datum } from '../value.js';
import { type FunctionTable, looseText, textAt } from './argument.js';
import { sprintf } from './format.js';

const htmlEscapes: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

function evaluated(args: readonly Datum[]): string {
  return args.length === 1 ? looseText(args[0] ?? null) : spaced(args);
}

/** As Go's Sprint: a blank between two values of which neither is a text. */
function spaced(args: readonly Datum[]): string {
  return args
    .map((arg, i) => {
      const isApart = i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string';
      return (isApart ? ' ' : '') + formatDatum(arg);
    })
    .join('');
}

function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}\u2028\u2029]/gu, (char) => {
    if (char === '\\' || char === "'" || char === '"') return `\\${char}`;
    return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** Go's QueryEscape. */
function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Printing and escaping. */
export const textFunctions: FunctionTable = {
  print: (args) => spaced(args),
  println: (args) => `${args.map(formatDatum).join(' ')}\n`,
  printf: (args, machine) => sprintf(textAt(args, 0), args.slice(1), machine),
  html: (args) => evaluated(args).replace(/["'&<>]/g, (char) => htmlEscapes[char] ?? char),
  js: (args) => escapeJs(evaluated(args)),
  urlquery: (args) => queryEscape(evaluated(args)),
};
