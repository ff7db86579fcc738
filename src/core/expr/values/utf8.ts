/** The UTF-8 bytes of a text. */
export function utf8(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}

/** The text of UTF-8 bytes; each byte that belongs to no character becomes a replacement character of its own. */
export function decodeUtf8(bytes: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  if (!text.includes('\ufffd')) return text;
  let result = '';
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const char = new TextDecoder().decode(Uint8Array.from(bytes.slice(i, i + length)));
    const isWhole = Array.from(char).length === 1 && utf8(char).length === length;
    result += isWhole ? char : '\ufffd';
    i += isWhole ? length : 1;
  }
  return result;
}
