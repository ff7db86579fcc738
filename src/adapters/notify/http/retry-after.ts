/** Milliseconds of a Retry-After header: seconds, or a date as seen by the clock of the answer; `undefined` when unreadable. */
export function parseRetryAfter(value: string | null, date: string | null): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const [at, from] = [Date.parse(value), Date.parse(date ?? '')];
  return Number.isNaN(at) || Number.isNaN(from) ? undefined : Math.max(0, at - from);
}
