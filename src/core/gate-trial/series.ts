import { parseGoFloat } from '#core/expr/values/go-float.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { parseGoDuration } from '#core/time/duration.js';

/** What a source is to answer. */
export type SeriesEntry =
  /** `isExact`: conditions see it as it is; else a number becomes what the provider makes of one number. */
  | { readonly kind: 'value'; readonly value: unknown; readonly isExact: boolean }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'running'; readonly forMs: number }
  | { readonly kind: 'judged'; readonly phase: JudgedPhase; readonly message?: string }
  /** Of a comparison: what either side had in the interval. */
  | { readonly kind: 'sides'; readonly canary: unknown; readonly baseline: unknown };

const judgedPhases = ['Successful', 'Failed', 'Inconclusive'] as const;
type JudgedPhase = (typeof judgedPhases)[number];

export interface SeriesPoint {
  readonly entry: SeriesEntry;
  /** This many times in a row; 1 in a series by time. */
  readonly times: number;
  /** It holds from this time after the start of the run on; absent in a series by order. */
  readonly atMs?: number;
  readonly tookMs: number;
}

/** The answers of each metric: in order, or by the time after the start of the run. */
export type SeriesTable = ReadonlyMap<string, readonly SeriesPoint[]>;

/** What is wrong with a data file, at a path such as `success-rate[3].times`. */
export interface DataProblem {
  readonly path: string;
  readonly message: string;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly DataProblem[] };

/** A problem of an entry, kept inside of this file. */
class EntryProblem extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Reads a map of metric names to lists of answers; `path` is where it stands in its document. */
export function parseSeries(given: unknown, path = ''): Parsed<SeriesTable> {
  if (!isObject(given)) {
    return { ok: false, problems: [{ path, message: 'expected metric names with a list of values each' }] };
  }
  const problems: DataProblem[] = [];
  const table = new Map<string, readonly SeriesPoint[]>();
  for (const [name, list] of Object.entries(given)) {
    const at = path === '' ? name : `${path}.${name}`;
    try {
      table.set(name, readList(list, at));
    } catch (thrown) {
      if (!(thrown instanceof EntryProblem)) throw thrown;
      problems.push({ path: thrown.path, message: thrown.message });
    }
  }
  return problems.length === 0 ? { ok: true, value: table } : { ok: false, problems };
}

function readList(list: unknown, path: string): readonly SeriesPoint[] {
  if (!Array.isArray(list))
    throw new EntryProblem(path, 'expected a list of values, for instance [0.99, 0.97]');
  if (list.length === 0) throw new EntryProblem(path, 'has no value');
  const points = list.map((item: unknown, i) => readPoint(item, `${path}[${i}]`));
  const timed = points.filter(({ atMs }) => atMs !== undefined).length;
  if (timed > 0 && timed < points.length) {
    const missing = points.findIndex(({ atMs }) => atMs === undefined);
    throw new EntryProblem(`${path}[${missing}]`, 'has no `at`, but others of this list do: all or none');
  }
  const early = points.findIndex(
    ({ atMs = 0 }, i) => i > 0 && timed > 0 && atMs <= (points[i - 1]?.atMs ?? 0),
  );
  if (early > 0) throw new EntryProblem(`${path}[${early}].at`, 'is not after the one before it');
  return points;
}

function readPoint(item: unknown, path: string): SeriesPoint {
  if (typeof item === 'string') return readText(item);
  if (!isObject(item)) return { entry: { kind: 'value', value: item, isExact: false }, times: 1, tookMs: 0 };
  const unknown = Object.keys(item).find((key) => !fields.includes(key));
  if (unknown !== undefined) {
    const hint = `one of ${fields.join(', ')} was expected; a map as a value goes under \`value\``;
    throw new EntryProblem(`${path}.${unknown}`, `is unknown: ${hint}`);
  }
  const atMs = item['at'] === undefined ? undefined : durationAt(item, 'at', path);
  return {
    entry: readEntry(item, path),
    times: timesOf(item, path),
    tookMs: item['takes'] === undefined ? 0 : durationAt(item, 'takes', path),
    ...(atMs === undefined ? {} : { atMs }),
  };
}

const kinds = ['value', 'result', 'error', 'running', 'phase', 'canary'];
const fields = [...kinds, 'baseline', 'message', 'times', 'at', 'takes'];

/** A number of Go's syntax, `0.99 x 20`, or any other text as it is. */
function readText(text: string): SeriesPoint {
  const repeated = /^\s*(\S+)\s+[x×*]\s*(\d+)\s*$/.exec(text);
  const number = parseGoFloat(repeated?.[1] ?? text);
  const value = number ?? text;
  const times = number === undefined ? 1 : Number(repeated?.[2] ?? 1);
  return { entry: { kind: 'value', value, isExact: false }, times, tookMs: 0 };
}

function readEntry(item: JsonObject, path: string): SeriesEntry {
  const given = kinds.filter((key) => Object.hasOwn(item, key));
  if (given.length !== 1) {
    const what = given.length === 0 ? 'says nothing' : `says ${given.join(' and ')} at once`;
    throw new EntryProblem(path, `${what}: exactly one of ${kinds.join(', ')} was expected`);
  }
  switch (given[0]) {
    case 'error':
      return { kind: 'error', message: textAt(item, 'error', path) };
    case 'running':
      return { kind: 'running', forMs: durationAt(item, 'running', path) };
    case 'phase':
      return readPhase(item, path);
    case 'canary':
      if (item['baseline'] === undefined) throw new EntryProblem(path, 'has a canary, but no baseline');
      return { kind: 'sides', canary: item['canary'], baseline: item['baseline'] };
    case 'result':
      return { kind: 'value', value: numeric(item['result']), isExact: true };
    default:
      return { kind: 'value', value: numeric(item['value']), isExact: false };
  }
}

function readPhase(item: JsonObject, path: string): SeriesEntry {
  const phase = judgedPhases.find((word) => word === item['phase']);
  if (phase === undefined) {
    throw new EntryProblem(`${path}.phase`, `must be one of ${judgedPhases.join(', ')}`);
  }
  const message = item['message'] === undefined ? undefined : textAt(item, 'message', path);
  return { kind: 'judged', phase, ...(message === undefined ? {} : { message }) };
}

/** `NaN` and `+Inf` are numbers as texts too; of `value: text` a number stays one. */
function numeric(value: unknown): unknown {
  return typeof value === 'string' && /^[+-]?(nan|inf)$/i.test(value) ? parseGoFloat(value) : value;
}

function timesOf(item: JsonObject, path: string): number {
  const times = item['times'] ?? 1;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1) {
    throw new EntryProblem(`${path}.times`, 'must be a whole number from 1 on');
  }
  if (times > 1 && item['at'] !== undefined) {
    throw new EntryProblem(`${path}.times`, 'cannot stand beside `at`: a value holds until the next one');
  }
  return times;
}

function textAt(item: JsonObject, field: string, path: string): string {
  const text = item[field];
  if (typeof text === 'string') return text;
  throw new EntryProblem(`${path}.${field}`, 'must be a text');
}

function durationAt(item: JsonObject, field: string, path: string): number {
  const text = item[field];
  const ms = typeof text === 'string' ? parseGoDuration(text) : text === 0 ? 0 : undefined;
  if (ms !== undefined && ms >= 0) return ms;
  throw new EntryProblem(`${path}.${field}`, 'must be a duration such as 90s or 5m');
}
