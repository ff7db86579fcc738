import { ExprError } from '../expr-error.js';
import { bytesOf, type TypedList } from '../values/typed-list.js';
import { utf8 } from '../values/utf8.js';

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Reads the quoted string whose quote stands at `at`. */
export function readString(source: string, at: number): { value: string; end: number } {
  const quote = source.charAt(at);
  let value = '';
  let i = at + 1;
  while (source.charAt(i) !== quote) {
    const char = source.charAt(i);
    if (char === '' || char === '\n') throw new ExprError('literal not terminated', at);
    if (char === '\\') {
      const escape = readEscape(source, i, quote);
      value += String.fromCodePoint(escape.code);
      i = escape.end;
    } else {
      value += char;
      i += 1;
    }
  }
  return { value, end: i + 1 };
}

/** Reads the backquoted string that starts at `at`; a doubled backquote stands for one. */
export function readRawString(source: string, at: number): { value: string; end: number } {
  const match = /^`((?:[^`]|``)*)`/.exec(source.slice(at));
  if (match === null) throw new ExprError('literal not terminated', at);
  return { value: (match[1] ?? '').replaceAll('``', '`'), end: at + match[0].length };
}

/** Reads the bytes of the string whose quote stands at `at`: UTF-8, `\xHH` and octal escapes are single bytes. */
export function readBytes(source: string, at: number): { value: TypedList; end: number } {
  const quote = source.charAt(at);
  const bytes: number[] = [];
  let i = at + 1;
  while (source.charAt(i) !== quote) {
    const code = source.codePointAt(i);
    if (code === undefined || code === 10) throw new ExprError('literal not terminated', at);
    if (source.charAt(i) === '\\') {
      if (/^[uU]$/.test(source.charAt(i + 1))) throw new ExprError('unable to unescape bytes', i);
      const escape = readEscape(source, i, quote);
      bytes.push(escape.code);
      i = escape.end;
    } else {
      bytes.push(...utf8(String.fromCodePoint(code)));
      i += code > 0xffff ? 2 : 1;
    }
  }
  return { value: bytesOf(bytes), end: i + 1 };
}

function readEscape(source: string, at: number, quote: string): { code: number; end: number } {
  const char = source.charAt(at + 1);
  const simple = char === quote ? quote : simpleEscapes[char];
  if (simple !== undefined) return { code: simple.charCodeAt(0), end: at + 2 };
  const numeric =
    /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|u\{([0-9a-fA-F]{1,6})\}|([0-3][0-7]{2}))/.exec(
      source.slice(at),
    );
  if (numeric === null) throw new ExprError('unable to unescape string', at);
  const hex = numeric[1] ?? numeric[2] ?? numeric[3] ?? numeric[4];
  const code = hex === undefined ? Number.parseInt(numeric[5] ?? '', 8) : Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new ExprError('unable to unescape string', at);
  }
  return { code, end: at + numeric[0].length };
}
