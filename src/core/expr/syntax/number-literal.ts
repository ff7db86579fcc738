import { ExprError } from '../expr-error.js';

const forms = [
  { pattern: /0[xX][0-9a-fA-F_]+/y, isFloat: false },
  { pattern: /0[oO][0-7_]+/y, isFloat: false },
  { pattern: /0[bB][01_]+/y, isFloat: false },
  { pattern: /[\d_]*\.(?!\.)[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*[eE][+-]?\d+/y, isFloat: true },
  { pattern: /\d[\d_]*/y, isFloat: false },
];

/** Reads the number that starts at `at`: bigint for whole ones, number for floats. */
export function readNumber(source: string, at: number): { value: number | bigint; end: number } {
  for (const { pattern, isFloat } of forms) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    const end = at + text.length;
    const isBroken = !isFloat && source.charAt(end) === '.' && source.charAt(end + 1) !== '.';
    if (isBroken || /[\p{L}\d_$]/u.test(source.charAt(end))) {
      throw new ExprError(`bad number syntax: ${JSON.stringify(source.slice(at, end + 1))}`, at);
    }
    const digits = text.replaceAll('_', '');
    return { value: isFloat ? toFloat(digits, at) : toInt(digits, at), end };
  }
  throw new ExprError('bad number syntax', at);
}

function toFloat(digits: string, at: number): number {
  const value = Number(digits);
  if (!Number.isFinite(value))
    throw new ExprError(`invalid float literal: ${digits}: value out of range`, at);
  return value;
}

function toInt(digits: string, at: number): bigint {
  if (/^0[a-zA-Z]$/.test(digits)) throw new ExprError(`bad number syntax: "${digits}"`, at);
  const value = BigInt(/^\d+$/.test(digits) ? digits.replace(/^0+(?=\d)/, '') : digits.toLowerCase());
  if (value > 0x7fff_ffff_ffff_ffffn) {
    throw new ExprError(`integer literal is too large: ${digits}`, at);
  }
  return value;
}
