import { isObject } from '#core/json/json.js';

/** What one side had in one interval. */
export interface SideCounts {
  /** Failed or slow requests. */
  readonly events: number;
  readonly total: number;
}

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** One number out of an answer. A list without an entry counts as `whenEmpty`: most sources leave out what never happened. */
export function readNumber(result: unknown, whenEmpty?: number): Read<number> {
  const list = listOf(result);
  if (list?.length === 0 && whenEmpty !== undefined) return { ok: true, value: whenEmpty };
  if (list !== undefined && list.length !== 1) return no(`gave ${list.length} values instead of one`);
  const value = numeric(list === undefined ? result : list[0]);
  return value === undefined ? no('gave no number') : finite(value);
}

/**
 * Events and total out of one answer: `{events, total}`, a list of these two, or (with a threshold) the cumulative
 * buckets of a histogram by their upper bounds, of which everything above the threshold is an event.
 */
export function readCounts(result: unknown, threshold?: string): Read<SideCounts> {
  const list = listOf(result);
  if (list?.length === 2) return join(readNumber(list[0]), readNumber(list[1]));
  if (!isObject(result)) return no('gave neither events and total nor buckets');
  if ('+Inf' in result) return readBuckets(result, threshold);
  return join(readNumber(result['events']), readNumber(result['total']));
}

/** Both numbers as counts: not negative, and no more events than requests (two questions are never asked at one moment). */
export function join(events: Read<number>, total: Read<number>): Read<SideCounts> {
  if (!events.ok) return no(`events: ${events.message}`);
  if (!total.ok) return no(`total: ${total.message}`);
  if (events.value < 0 || total.value < 0) return no('gave a negative count');
  return { ok: true, value: { events: events.value, total: Math.max(total.value, events.value) } };
}

function readBuckets(
  buckets: Readonly<Record<string, unknown>>,
  threshold: string | undefined,
): Read<SideCounts> {
  if (threshold === undefined) return no('gave buckets, but no threshold is set');
  const name = Object.keys(buckets).find(
    (bound) => bound === threshold || Number(bound) === Number(threshold),
  );
  if (name === undefined) return no(`has no bucket with the upper bound ${threshold}`);
  const total = readNumber(buckets['+Inf']);
  const fast = readNumber(buckets[name]);
  if (!total.ok || !fast.ok) return no('gave a bucket that is no number');
  return join({ ok: true, value: total.value - fast.value }, total);
}

function listOf(result: unknown): readonly unknown[] | undefined {
  if (result instanceof Float64Array) return [...result];
  return Array.isArray(result) ? result : undefined;
}

function numeric(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.trim() !== '') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

function finite(value: number): Read<number> {
  return Number.isFinite(value) ? { ok: true, value } : no(`gave ${value} instead of a number`);
}

function no(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
