/**
 * A power as Go computes it, to the last digit: the base is squared for each bit of the exponent, its mantissa and its power
 * of two apart.
 */
export function power(base: number, exponent: number): number {
  const whole = Math.trunc(Math.abs(exponent));
  const isPlain = Number.isFinite(base) && Number.isFinite(exponent) && base !== 0 && whole < 2 ** 63;
  if (!isPlain || exponent === 0 || base === 1) return base === 1 ? 1 : base ** exponent;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  const fraction = Math.abs(exponent) - whole;
  if (fraction !== 0 && base < 0) return Number.NaN;
  const isUpper = fraction > 0.5;
  const rest = isUpper ? fraction - 1 : fraction;
  const start = rest === 0 ? 1 : Math.exp(rest * Math.log(base));
  const { mantissa, twos } = squared(base, BigInt(whole) + (isUpper ? 1n : 0n), start);
  return exponent < 0 ? scaled(1 / mantissa, -twos) : scaled(mantissa, twos);
}

/** More powers of two than a float has. */
const manyTwos = 2 ** 12;

interface Parts {
  readonly mantissa: number;
  readonly twos: number;
}

function squared(base: number, times: bigint, start: number): Parts {
  let result = start;
  let resultTwos = 0;
  let { mantissa, twos } = split(base);
  for (let left = times; left !== 0n; left >>= 1n) {
    if (Math.abs(twos) > manyTwos) return { mantissa: result, twos: resultTwos + twos };
    if ((left & 1n) === 1n) {
      result *= mantissa;
      resultTwos += twos;
    }
    mantissa *= mantissa;
    twos *= 2;
    if (mantissa < 0.5) {
      mantissa *= 2;
      twos -= 1;
    }
  }
  return { mantissa: result, twos: resultTwos };
}

/** A float as a mantissa of at least a half and less than one, times a power of two. */
function split(value: number): Parts {
  let mantissa = value;
  let twos = 0;
  if (Math.abs(mantissa) < 2 ** -1022) {
    mantissa *= 2 ** 52;
    twos = -52;
  }
  const exponent = Math.floor(Math.log2(Math.abs(mantissa))) + 1;
  mantissa = scaled(mantissa, -exponent);
  twos += exponent;
  if (Math.abs(mantissa) >= 1) return { mantissa: mantissa / 2, twos: twos + 1 };
  return Math.abs(mantissa) < 0.5 ? { mantissa: mantissa * 2, twos: twos - 1 } : { mantissa, twos };
}

/** Times a power of two, which may be out of the reach of floats by itself. */
function scaled(value: number, twos: number): number {
  if (twos > 1000) return scaled(value * 2 ** 1000, Math.min(twos, 2 * manyTwos) - 1000);
  if (twos < -1000) return scaled(value * 2 ** -1000, Math.max(twos, -2 * manyTwos) + 1000);
  return value * 2 ** twos;
}
