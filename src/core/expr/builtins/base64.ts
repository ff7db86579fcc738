import { ExprError } from '../expr-error.js';

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard alphabet with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => base64.charAt((group >> shift) & 63));
    const used = Math.min(bytes.length - i, 3) + 1;
    result += digits.slice(0, used).join('').padEnd(4, '=');
  }
  return result;
}

/** The text of bytes in base 64. Throws ExprError for what is none. */
export function fromBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new ExprError('illegal base64 data');
  }
  const sextets = Array.from(text.replace(/=+$/, '')).map((char) => base64.indexOf(char));
  const bytes: number[] = [];
  for (let i = 0; i + 1 < sextets.length; i += 1) {
    const place = i % 4;
    if (place === 3) continue;
    bytes.push((((sextets[i] ?? 0) << (2 + 2 * place)) | ((sextets[i + 1] ?? 0) >> (4 - 2 * place))) & 255);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
