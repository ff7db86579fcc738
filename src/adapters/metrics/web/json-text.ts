import { isObject } from '#core/json/json.js';

/**
 * Compact JSON as Go prints it: keys in order, `-0` kept, lone surrogates replaced, `<`, `>`, `&` and line separators
 * escaped.
 */
export function toGoJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toGoJson).join(',')}]`;
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort(byCodePoint)
      .map((key) => `${quote(key)}:${toGoJson(value[key])}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'string') return quote(value);
  return Object.is(value, -0) ? '-0' : JSON.stringify(value ?? null);
}

function quote(text: string): string {
  return JSON.stringify(text.replace(loneSurrogate, '\uFFFD')).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const loneSurrogate = /\p{Surrogate}/gu;

/** As bytes of UTF-8 are ordered. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
