import { isObject, type JsonObject } from '#core/json/json.js';

/** What one side had in one interval. */
export interface SideCounts {
  /** Failed or slow requests. */
  readonly events: number;
  readonly total: number;
}

/** The same, by cluster too when that was asked for. */
export interface SideSample extends SideCounts {
  readonly clusters?: Readonly<Record<string, SideCounts>>;
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

/** Counts by cluster out of one answer: an object of what readCounts reads, by name. Nothing at all counts as 0. */
function readClusters(result: unknown, threshold?: string): Read<SideSample> {
  const named = byName(result);
  if (!named.ok) return named;
  return sumUp(Object.entries(named.value).map(([name, one]) => [name, readCounts(one, threshold)]));
}

/** Counts by cluster out of two answers, an object of numbers each. A cluster that one of them leaves out had 0 of these. */
export function joinClusters(events: unknown, total: unknown): Read<SideSample> {
  const [some, all] = [byName(events), byName(total)];
  if (!some.ok) return no(`events: ${some.message}`);
  if (!all.ok) return no(`total: ${all.message}`);
  const names = new Set([...Object.keys(all.value), ...Object.keys(some.value)]);
  const numberOf = (numbers: JsonObject, name: string): Read<number> =>
    Object.hasOwn(numbers, name) ? readNumber(numbers[name]) : { ok: true, value: 0 };
  return sumUp([...names].map((name) => [name, join(numberOf(some.value, name), numberOf(all.value, name))]));
}

/** What one answer says of a side, read as the settings ask for. */
export function readSide(
  result: unknown,
  { threshold, clusterBy }: { readonly threshold?: string; readonly clusterBy?: string },
): Read<SideSample> {
  return clusterBy === undefined ? readCounts(result, threshold) : readClusters(result, threshold);
}

function byName(result: unknown): Read<JsonObject> {
  const list = listOf(result);
  if (list?.length === 0) return { ok: true, value: {} };
  return isObject(result) && list === undefined
    ? { ok: true, value: result }
    : no('gave no numbers by cluster');
}

function sumUp(parts: readonly (readonly [name: string, counts: Read<SideCounts>])[]): Read<SideSample> {
  const clusters: Record<string, SideCounts> = {};
  for (const [name, counts] of parts) {
    if (!counts.ok) return no(`${name}: ${counts.message}`);
    clusters[name] = counts.value;
  }
  const sum = (field: keyof SideCounts): number =>
    Object.values(clusters).reduce((total, counts) => total + counts[field], 0);
  return { ok: true, value: { events: sum('events'), total: sum('total'), clusters } };
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
