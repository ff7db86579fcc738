import { isList, isMap } from '#core/expr/values/shape.js';
import { formatGoFloat } from '#core/expr/values/go-float.js';
import { utf8 } from '#core/expr/values/utf8.js';
import { Span } from '#core/expr/values/special.js';
import type { Machine } from '../machine.js';
import { type Datum, formatDatum, sortedKeys, typeName } from '../value.js';

interface Verb {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly letter: string;
}

/** Wider than this is a mistake; Go stops at a million. */
const maxWidth = 10_000;

/** Go's Sprintf: `%v %+v %s %q %d %f %e %g %t %x %X %o %b %c %T %%` with flags, width and precision (`*` too). */
export function sprintf(format: string, args: readonly Datum[], machine: Machine): string {
  let next = 0;
  const star = (text: string | undefined): number | undefined =>
    text === '*' ? Number(args[next++] ?? 0) : text === undefined || text === '' ? undefined : Number(text);
  const text = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?([\s\S]?)/gu,
    (_all, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%';
      if (letter === '') return '%!(NOVERB)';
      const verb: Verb = {
        flags,
        width: star(width),
        precision: precision === '' ? 0 : star(precision),
        letter,
      };
      if (next >= args.length) return `%!${letter}(MISSING)`;
      const shown = pad(formatVerb(verb, args[next++] ?? null), verb);
      machine.allocate(shown.length);
      return shown;
    },
  );
  const extra = args.slice(next).map((arg) => `${typeName(arg)}=${formatDatum(arg)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function pad(text: string, { flags, width = 0, letter }: Verb): string {
  const missing = Math.min(Math.abs(width), maxWidth) - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-') || width < 0) return text + ' '.repeat(missing);
  if (!flags.includes('0') || letter === 's' || letter === 'v') return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function formatVerb(verb: Verb, value: Datum): string {
  const { letter } = verb;
  if (letter === 'T') return typeName(value);
  if (letter === 'v') return signed(verb, value, formatDatum(value));
  if (value !== null && isList(value)) return `[${value.map((item) => formatVerb(verb, item)).join(' ')}]`;
  if (value !== null && isMap(value)) {
    const parts = sortedKeys(value).map(
      (key) => `${formatVerb(verb, key)}:${formatVerb(verb, value[key] ?? null)}`,
    );
    return `map[${parts.join(' ')}]`;
  }
  return (
    formatPlain(verb, value) ??
    `%!${letter}(${value === null ? '<nil>' : `${typeName(value)}=${formatDatum(value)}`})`
  );
}

function formatPlain(verb: Verb, value: Datum): string | undefined {
  if (typeof value === 'string') return formatText(verb, value);
  if (typeof value === 'boolean') return verb.letter === 't' ? String(value) : undefined;
  if (typeof value === 'number') return formatFloat(verb, value);
  if (typeof value === 'bigint') return formatInt(verb, value);
  if (value instanceof Span && verb.letter !== 's') return formatInt(verb, value.ns);
  return value !== null && verb.letter === 's' ? formatDatum(value) : undefined;
}

function formatText({ letter, precision, flags }: Verb, value: string): string | undefined {
  const cut = precision === undefined ? value : Array.from(value).slice(0, precision).join('');
  switch (letter) {
    case 's':
      return cut;
    case 'q':
      return flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : JSON.stringify(cut);
    case 'x':
    case 'X': {
      const hex = utf8(cut)
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
      return letter === 'x' ? hex : hex.toUpperCase();
    }
    default:
      return undefined;
  }
}

function formatInt(verb: Verb, value: bigint): string | undefined {
  const radix: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 };
  const base = radix[verb.letter];
  if (base !== undefined) {
    const digits = value.toString(base);
    const prefix = verb.flags.includes('#') && base === 16 ? `0${verb.letter}` : '';
    return signed(verb, value, prefix + (verb.letter === 'X' ? digits.toUpperCase() : digits));
  }
  if (verb.letter === 'c') return String.fromCodePoint(Number(BigInt.asUintN(20, value)));
  if (verb.letter === 'q') return `'${String.fromCodePoint(Number(BigInt.asUintN(20, value)))}'`;
  return undefined;
}

function formatFloat(verb: Verb, value: number): string | undefined {
  const precision = Math.min(verb.precision ?? 6, 100);
  switch (verb.letter) {
    case 'f':
    case 'F':
      return Number.isFinite(value) ? signed(verb, value, value.toFixed(precision)) : formatGoFloat(value);
    case 'e':
    case 'E': {
      const text = value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
      return signed(verb, value, verb.letter === 'E' ? text.toUpperCase() : text);
    }
    case 'g':
    case 'G': {
      const rounded =
        verb.precision === undefined ? value : Number(value.toPrecision(Math.max(1, precision)));
      const text = formatGoFloat(rounded);
      return signed(verb, value, verb.letter === 'G' ? text.toUpperCase() : text);
    }
    default:
      return undefined;
  }
}

function signed({ flags }: Verb, value: Datum, text: string): string {
  const isPositive = (typeof value === 'number' || typeof value === 'bigint') && value >= 0;
  if (!isPositive) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}
