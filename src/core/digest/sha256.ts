import { blocksOf } from './blocks.js';

const roundConstants = Uint32Array.from([...primes(64)].map((p) => fraction(Math.cbrt(p))));
const initialState = [...primes(8)].map((p) => fraction(Math.sqrt(p)));

/** SHA-256 of bytes or of a text in UTF-8, as 64 hex digits. */
export function sha256Hex(input: Uint8Array | string): string {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const state = blocksOf(bytes).reduce(compress, Uint32Array.from(initialState));
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('');
}

function compress(state: Uint32Array, block: DataView): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(64);
  const word = (i: number) => words[i] ?? 0;
  for (let i = 0; i < 64; i += 1) {
    if (i < 16) {
      words[i] = block.getUint32(i * 4);
      continue;
    }
    const s0 = turn(word(i - 15), 7) ^ turn(word(i - 15), 18) ^ (word(i - 15) >>> 3);
    const s1 = turn(word(i - 2), 17) ^ turn(word(i - 2), 19) ^ (word(i - 2) >>> 10);
    words[i] = word(i - 16) + s0 + word(i - 7) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (roundConstants[i] ?? 0) + word(i)) >>> 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) >>> 0, c, b, a, (one + two) >>> 0];
  }
  return Uint32Array.from([a, b, c, d, e, f, g, h].map((value, i) => value + (state[i] ?? 0)));
}

function turn(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** The first 32 bits of the fractional part. */
function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32);
}

function* primes(count: number): Generator<number> {
  for (let found = 0, n = 2; found < count; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    found += 1;
    yield n;
  }
}
