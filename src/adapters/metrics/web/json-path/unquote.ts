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

/** A text in quotes as Go writes it, in single quotes too. Throws QueryFailure for an escape that there is not. */
export function unquote(text: string): string {
  const quote = text.charAt(0);
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([0-3][0-7]{2})|([^]|$))/gi,
      (_whole, byte?: string, short?: string, long?: string, octal?: string, letter = '') => {
        const hex = byte ?? short ?? long;
        if (hex !== undefined) return fromCode(Number.parseInt(hex, 16), text);
        if (octal !== undefined) return fromCode(Number.parseInt(octal, 8), text);
        const found = String(letter) === quote ? quote : plain[String(letter)];
        if (found === undefined) throw refusal(text);
        return found;
      },
    );
}

function fromCode(code: number, text: string): string {
  if (code > 0x10ffff) throw refusal(text);
  return String.fromCodePoint(code);
}

function refusal(text: string): QueryFailure {
  return new QueryFailure(`unquote string ${text} error invalid syntax`);
}
