/** Random-looking numbers from a text: the same text gives the same numbers. */
function numbersOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (const char of text) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** A uid in the form of a version 4 UUID, the same for the same seed and number. */
export function uidOf(seed: string, n: number): string {
  const next = numbersOf(`uid/${seed}/${n}`);
  const hex = [next(), next(), next(), next()].map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20),
  ].join('-');
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** The five characters that the server puts behind a generateName. */
export function nameSuffixOf(seed: string, n: number, attempt: number): string {
  const next = numbersOf(`name/${seed}/${n}/${attempt}`);
  return Array.from({ length: 5 }, () => alphabet[next() % alphabet.length]).join('');
}
