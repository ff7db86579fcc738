const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nano = 1_000_000_000n;

/**
 * The canonical text of a Kubernetes quantity: no fraction, the largest suffix that loses nothing, the family of
 * suffixes kept (`0.001` is `1m`, `1000m` is `1`, `1.5Gi` is `1536Mi`, `1e3` stays). What is no quantity comes back as it is.
 */
export function canonicalQuantity(value: string | number): string {
  const text = String(value);
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?\d+))$/.exec(text);
  if (match === null) return text;
  const [, sign = '', digits = '', binary, suffix, exponent] = match;
  const power = binary === undefined ? 0 : binarySuffixes.indexOf(binary);
  const tens = exponent === undefined ? (decimalExponents[suffix ?? ''] ?? 0) : Number(exponent);
  const nanos = toNanos(digits, tens) * 1024n ** BigInt(power);
  const amount = binary === undefined ? nanos : toNanos(digits, 0, 1024n ** BigInt(power));
  if (amount === 0n) return '0';
  const printed =
    binary !== undefined && amount % nano === 0n && amount / nano >= 1024n
      ? printBinary(amount / nano)
      : printDecimal(amount, exponent !== undefined);
  return sign === '-' ? `-${printed}` : printed;
}

/** Whole billionths, rounded up as Kubernetes does. */
function toNanos(digits: string, tens: number, factor = 1n): bigint {
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(whole + fraction) * factor;
  const exponent = tens - fraction.length + 9;
  if (exponent >= 0) return mantissa * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return (mantissa + divisor - 1n) / divisor;
}

function printBinary(amount: bigint): string {
  let rest = amount;
  let power = 0;
  while (rest % 1024n === 0n && power < binarySuffixes.length - 1) {
    rest /= 1024n;
    power += 1;
  }
  return `${rest}${binarySuffixes[power] ?? ''}`;
}

function printDecimal(nanos: bigint, asExponent: boolean): string {
  let rest = nanos;
  let exponent = -9;
  while (rest % 1000n === 0n && exponent < 18) {
    rest /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? String(rest) : `${rest}e${exponent}`;
  const suffix = Object.entries(decimalExponents).find(([, tens]) => tens === exponent)?.[0] ?? '';
  return `${rest}${suffix}`;
}
