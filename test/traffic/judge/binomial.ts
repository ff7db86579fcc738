/** How unlikely it is to see a count as far out as this one, on either side, when each of `n` is a hit by chance `share`. */
export function unlikeliness(hits: number, n: number, share: number): number {
  if (share <= 0) return hits === 0 ? 1 : 0;
  if (share >= 1) return hits === n ? 1 : 0;
  const isLow = hits <= n * share;
  let tail = 0;
  for (let k = isLow ? 0 : hits; k <= (isLow ? hits : n); k += 1) tail += Math.exp(logChance(k, n, share));
  return Math.min(1, 2 * tail);
}

function logChance(k: number, n: number, share: number): number {
  return (
    logFactorial(n) -
    logFactorial(k) -
    logFactorial(n - k) +
    k * Math.log(share) +
    (n - k) * Math.log(1 - share)
  );
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k += 1)
    logFactorials.push((logFactorials[k - 1] ?? 0) + Math.log(k));
  return logFactorials[n] ?? 0;
}
