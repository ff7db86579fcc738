/** A float with a fixed number of decimals as Go's `%.nf` prints it: ties go to the even digit; `NaN`, `+Inf`, `-Inf`. */
export function formatFixed(value: number, decimals: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  // From there on toFixed prints an exponent, and there are no decimals left.
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${decimals === 0 ? '' : `.${'0'.repeat(decimals)}`}`;
  // toFixed rounds ties away from zero. A double holds only ties that end with its own last digit, so they show exactly.
  const exact = Math.abs(value).toFixed(Math.min(100, decimals + 30));
  const tail = exact.slice(exact.indexOf('.') + 1 + decimals);
  if (!/^50*$/.test(tail)) return value.toFixed(decimals);
  const cut = exact.slice(0, exact.length - tail.length).replace(/\.$/, '');
  const isEven = Number(cut.at(-1)) % 2 === 0;
  return isEven ? `${value < 0 ? '-' : ''}${cut}` : value.toFixed(decimals);
}
