import { QueryFailure } from '../../http/failure.js';

const plain: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const escape = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-3][0-7]{2}|[^]|$)/g;

/** A text in quotes as Go writes it, in single quotes too. Throws QueryFailure for an escape that there is not. */
export function unquote(text: string): string {
  const quote = text.charAt(0);
  return text.slice(1, -1).replace(escape, (whole) => {
    const kind = whole.charAt(1);
    if (whole.length > 2) {
      const isOctal = /[0-3]/.test(kind);
      return fromCode(Number.parseInt(whole.slice(isOctal ? 1 : 2), isOctal ? 8 : 16), text);
    }
    const found = kind === quote ? quote : plain[kind];
    if (found === undefined) throw refusal(text);
    return found;
  });
}

function fromCode(code: number, text: string): string {
  if (code > 0x10ffff) throw refusal(text);
  return String.fromCodePoint(code);
}

function refusal(text: string): QueryFailure {
  return new QueryFailure(`unquote string ${text} error invalid syntax`);
}
