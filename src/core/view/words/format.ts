import type { Instant } from '#core/time/instant.js';

/** A weight for people: `20 %`; one decimal only under 1 or between 99 and 100. */
export function formatPercent(percent: number): string {
  const isEdge = (percent > 0 && percent < 1) || (percent > 99 && percent < 100);
  return `${isEdge ? percent.toFixed(1) : String(Math.round(percent))} %`;
}

const units: readonly [ms: number, word: string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** A duration in at most two units: `12 s`, `4 min 10 s`, `3 h 10 min`, `2 d 4 h`; under a second `0 s`. */
export function formatSpan(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000) * 1000);
  const first = units.findIndex(([unit]) => whole >= unit);
  if (first < 0) return '0 s';
  return units
    .slice(first, first + 2)
    .map(([unit, word], i) => {
      const above = units[first + i - 1]?.[0] ?? Number.POSITIVE_INFINITY;
      const count = Math.floor((i === 0 ? whole : whole % above) / unit);
      return i > 0 && count === 0 ? '' : `${count} ${word}`;
    })
    .filter((part) => part !== '')
    .join(' ');
}

/** A running clock: `6:12`, `1:06:12`. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** A metric value with three significant digits; NaN and infinities as Prometheus writes them. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0';
  const abs = Math.abs(value);
  if (abs >= 1e6 || abs < 1e-4) return value.toExponential(2).replace('e+', 'e');
  const digits = Math.max(0, 2 - Math.floor(Math.log10(abs)));
  return String(Number(value.toFixed(digits)));
}

/** The figures of a measurement; its stored text when one of them is no finite number. */
export function formatMeasured(values: readonly (number | null)[], text: string): string {
  return values.every((value) => value !== null) ? values.map(formatValue).join(', ') || text : text;
}

/** `1 pod`, `3 pods`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A text whose times run on: the page counts them, the terminal prints them for one moment. */
export type Phrase = readonly PhrasePart[];

type PhrasePart = string | { readonly since: number } | { readonly until: number };

/** The phrase at one moment. A moment that has come reads `now`. */
export function printPhrase(phrase: Phrase, now: Instant): string {
  return phrase
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'since' in part ? formatSpan(now - part.since) : formatUntil(part.until, now);
    })
    .join('');
}

/** The phrase without its times and the words that only lead to them; equal texts mean that nothing but time moved. */
export function printTimeless(phrase: Phrase): string {
  return phrase
    .map((part, i) => {
      if (typeof part !== 'string') return '';
      const isBefore = i + 1 < phrase.length && typeof phrase[i + 1] !== 'string';
      const isAfter = i > 0 && typeof phrase[i - 1] !== 'string';
      const start = isAfter ? part.replace(/^ ago/, '') : part;
      return isBefore ? start.replace(/( for)? $/, '') : start;
    })
    .join('');
}

function formatUntil(until: number, now: number): string {
  return until <= now ? 'now' : `in ${formatSpan(until - now + 999)}`;
}
