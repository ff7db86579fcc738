import { randomOfRun } from './seeded.js';

/** Parts of a secret, any `threshold` of which make it again: each byte is where a random polynomial meets zero. */
export function splitSecret(
  secret: Uint8Array,
  threshold: number,
  count: number,
  seed: number,
): readonly Uint8Array[] {
  const random = randomOfRun(seed);
  const polynomials = [...secret].map((byte) => [
    byte,
    ...Array.from({ length: threshold - 1 }, () => Math.floor(random() * 256)),
  ]);
  return Array.from({ length: count }, (_none, i) =>
    Uint8Array.from([...polynomials.map((polynomial) => valueAt(polynomial, i + 1)), i + 1]),
  );
}

/** The highest coefficient first, as Horner says. */
function valueAt(polynomial: readonly number[], x: number): number {
  return polynomial.reduceRight((value, coefficient) => times(value, x) ^ coefficient, 0);
}

/** By tables of powers of three, unlike what is tested with it. */
function times(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return powers[((logs[a] ?? 0) + (logs[b] ?? 0)) % 255] ?? 0;
}

const powers: number[] = [];
const logs: number[] = [];
for (let at = 0, value = 1; at < 255; at += 1) {
  powers[at] = value;
  logs[value] = at;
  const doubled = (value << 1) ^ (value < 0x80 ? 0 : 0x11b);
  value = doubled ^ value;
}
