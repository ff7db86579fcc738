const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest duration that Go can hold: 2^63 - 1 nanoseconds. */
const longestMs = 9_223_372_036_854.775;

/** Milliseconds of a duration in Go's syntax (`1h30m`, `1.5h`, `-2s`, `0`); `undefined` when it is none. No days. */
export function parseGoDuration(text: string): number | undefined {
  const signed = /^([+-]?)(.*)$/s.exec(text);
  const rest = signed?.[2] ?? '';
  const sign = signed?.[1] === '-' ? -1 : 1;
  if (rest === '0') return 0;
  // One way to read each number: a text of digits alone is refused in one go.
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let total = 0;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0);
  }
  return rest === '' || total > longestMs ? undefined : sign * total;
}

/** The error text of Go's `time.ParseDuration` for a text that {@link parseGoDuration} refuses. */
export function goDurationError(text: string): string {
  const quoted = quoteAsGo(text);
  const part = /(?:\d+(?:\.\d*)?|\.\d+)([^\d.]*)/y;
  const start = /^[+-]/.test(text) ? 1 : 0;
  for (part.lastIndex = start; part.lastIndex < text.length;) {
    const unit = part.exec(text)?.[1];
    if (unit === undefined) break;
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    if (!Object.hasOwn(unitMs, unit)) return `time: unknown unit ${quoteAsGo(unit)} in duration ${quoted}`;
  }
  return `time: invalid duration ${quoted}`;
}

/** In double quotes, every byte that is no printable ASCII as `\xNN`. */
function quoteAsGo(text: string): string {
  const escaped = [...new TextEncoder().encode(text)].map((byte) => {
    const char = String.fromCodePoint(byte);
    if (byte >= 0x80 || byte < 0x20) return `\\x${byte.toString(16).padStart(2, '0')}`;
    return char === '"' || char === '\\' ? `\\${char}` : char;
  });
  return `"${escaped.join('')}"`;
}

/** Go's way to print a duration: `1m30s`, `500ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const abs = Math.abs(ms);
  if (abs < 1) return `${sign}${trim(abs * 1000)}µs`;
  if (abs < 1000) return `${sign}${trim(abs)}ms`;
  const hours = Math.floor(abs / 3_600_000);
  const minutes = Math.floor((abs % 3_600_000) / 60_000);
  const seconds = `${trim((abs % 60_000) / 1000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)));
}
