/** A float as Go's `%v` prints it: shortest digits, exponent form below 1e-4 and from 1e6 on (`1e+06`). */
export function formatGoFloat(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return formatPlainFloat(value);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** A float without exponent, shortest digits: how measurement values are stored. `NaN`, `+Inf`, `-Inf`. */
export function formatPlainFloat(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  const point = Number(exponentText) + 1;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * A float from text as Go's ParseFloat reads it (`1e3`, `.5`, `0x1p-2`, `1_000`, `inf`, `+Inf`, `NaN`);
 * `undefined` when it is none. No blanks are allowed.
 */
export function parseGoFloat(source: string): number | undefined {
  const text = source.replace(/(?<=[\da-f])_(?=[\da-f])/gi, '');
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return parseHexFloat(text);
}

function parseHexFloat(text: string): number | undefined {
  const match = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/i.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole + fraction === '') return undefined;
  const mantissa = Number.parseInt(`${whole}${fraction}`, 16);
  const value = mantissa * 2 ** (Number(match[4]) - 4 * fraction.length);
  return match[1] === '-' ? -value : value;
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return value === 0 ? (Object.is(value, -0) ? '-0' : '0') : undefined;
}
