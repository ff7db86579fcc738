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

/** Sign, digits, and one of: binary suffix, decimal suffix, exponent. More digits of an exponent name no amount of anything, and none that fits into memory. */
const quantityPattern = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?0*\d{1,3}))$/;

/** The largest quantity with a binary suffix. */
const mostBinary = 9_223_372_036_854_775_807n;

/**
 * The text that Go writes for a Kubernetes quantity: no fraction, the largest suffix that loses nothing, the family of
 * suffixes kept (`0.001` is `1m`, `1000m` is `1`, `1.5Gi` is `1536Mi`). A text that Go takes for canonical at a glance
 * stays to the letter (`1025Ki`, `1E3`, `+1`). What is no quantity comes back as it is.
 */
export function canonicalQuantity(value: string | number): string {
  const text = String(value).trim();
  const match = quantityPattern.exec(text);
  if (match === null) return text;
  const [, sign = '', digits = '', binary, suffix, exponent] = match;
  const power = binary === undefined ? 0 : binarySuffixes.indexOf(binary);
  const tens = exponent === undefined ? (decimalExponents[suffix ?? ''] ?? 0) : Number(exponent);
  if (isKept(digits, binary === undefined ? undefined : power, tens)) return text;
  const amount = binary === undefined ? toNanos(digits, tens) : binaryNanos(digits, power);
  if (amount === 0n) return '0';
  const printed =
    binary !== undefined && amount % nano === 0n && amount / nano >= 1024n
      ? printBinary(amount / nano)
      : printDecimal(amount, exponent !== undefined);
  return sign === '-' ? `-${printed}` : printed;
}

/** A quantity in billionths; `undefined` when the text is none. */
export function quantityInNanos(value: string | number): bigint | undefined {
  const match = quantityPattern.exec(String(value).trim());
  if (match === null) return undefined;
  const [, sign = '', digits = '', binary, suffix, exponent] = match;
  const tens = exponent === undefined ? (decimalExponents[suffix ?? ''] ?? 0) : Number(exponent);
  const amount =
    binary === undefined ? toNanos(digits, tens) : binaryNanos(digits, binarySuffixes.indexOf(binary));
  return sign === '-' ? -amount : amount;
}

/** Short enough for 64 bits, and in a form that Go does not write anew. */
function isKept(digits: string, power: number | undefined, tens: number): boolean {
  const [left = '', fraction = ''] = digits.split('.');
  const whole = left.replace(/^0+/, '') || '0';
  if (power !== undefined) {
    const room = 14 - whole.length - power * 3;
    return fraction === '' && room >= 0 && BigInt(whole) % 8n !== 0n;
  }
  const scale = tens - fraction.length;
  const shifted = whole + fraction;
  if (shifted.length > 18 || scale < -9 || scale % 3 !== 0) return false;
  return !shifted.endsWith('000') && !shifted.startsWith('0');
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

/** Digits with a binary suffix, {@link mostBinary} at most. */
function binaryNanos(digits: string, power: number): bigint {
  const exact = toNanos(digits, 0, 1024n ** BigInt(power));
  return exact > mostBinary * nano ? mostBinary * nano : exact;
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
