/** One part of a data key: a byte for each of the key's, and behind them the place at which they were taken. */
export type Share = Uint8Array;

/**
 * The secret that these parts were made of (Shamir's scheme over the field of 256 elements, byte by byte); `undefined`
 * when they cannot be parts of one secret. Fewer parts than were asked for give another secret, which nothing shows here.
 */
export function combineShares(shares: readonly Share[]): Uint8Array | undefined {
  const [first] = shares;
  const size = first?.length ?? 0;
  const places = shares.map((share) => share[size - 1] ?? 0);
  const isWhole = size > 1 && shares.every((share) => share.length === size);
  if (shares.length < 2 || !isWhole || new Set(places).size !== shares.length) return undefined;
  const weights = places.map((place, i) =>
    weightAtZero(
      place,
      places.filter((_other, j) => j !== i),
    ),
  );
  return Uint8Array.from({ length: size - 1 }, (_none, at) =>
    shares.reduce((sum, share, i) => sum ^ multiply(share[at] ?? 0, weights[i] ?? 0), 0),
  );
}

/** What the value at one place counts for at zero, where the secret is (Lagrange). */
function weightAtZero(place: number, others: readonly number[]): number {
  return others.reduce((weight, other) => multiply(weight, multiply(other, inverse(place ^ other))), 1);
}

function multiply(left: number, right: number): number {
  let [a, b, product] = [left, right, 0];
  while (b > 0) {
    if ((b & 1) === 1) product ^= a;
    a = (a << 1) ^ ((a & 0x80) === 0 ? 0 : 0x11b);
    b >>= 1;
  }
  return product;
}

/** The power 254 of it, as that of 255 is one. */
function inverse(value: number): number {
  let [result, power] = [1, value];
  for (let bits = 254; bits > 0; bits >>= 1) {
    if ((bits & 1) === 1) result = multiply(result, power);
    power = multiply(power, power);
  }
  return result;
}
