import { isObject, type JsonObject } from '#core/json/json.js';
import { addMs, formatInstant, parseInstant, type Instant } from '#core/time/instant.js';
import { readArgs } from './scenarios.js';
import type { DataProblem, Parsed } from './series.js';

/** A release of the past, at which a gate is tried. */
export interface Release {
  readonly name: string;
  readonly at: Instant;
  /** When it was over: taken back, or promoted. */
  readonly until?: Instant;
  /** Whether it should have been stopped. */
  readonly isBad: boolean;
  readonly args: Readonly<Record<string, string>>;
}

const fields = ['at', 'until', 'bad', 'name', 'args'];

/** Reads a list of releases, at the top or below `releases:`. */
export function parseReleases(given: unknown): Parsed<readonly Release[]> {
  const isBelow = isObject(given) && 'releases' in given;
  const list = isBelow ? given['releases'] : given;
  const path = isBelow ? 'releases' : '';
  if (!Array.isArray(list) || list.length === 0) {
    return no({ path, message: 'expected a list of releases with `at` and `bad` each' });
  }
  const read = list.map((one: unknown, i) => readRelease(one, `${path}[${i}]`));
  const problems = read.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return { ok: false, problems };
  const releases = read.flatMap((one) => (one.ok ? [one.value] : []));
  return { ok: true, value: releases.toSorted((a, b) => a.at - b.at) };
}

function readRelease(given: unknown, path: string): Parsed<Release> {
  if (!isObject(given)) return no({ path, message: 'expected a map with `at` and `bad`' });
  const unknown = Object.keys(given).find((key) => !fields.includes(key));
  if (unknown !== undefined) {
    return no({
      path: `${path}.${unknown}`,
      message: `is unknown: one of ${fields.join(', ')} was expected`,
    });
  }
  const { bad, name } = given;
  if (typeof bad !== 'boolean') return no({ path, message: 'must say `bad: true` or `bad: false`' });
  const at = timeAt(given, 'at');
  if (at === undefined) return no({ path: `${path}.at`, message: timeHint });
  const until = timeAt(given, 'until');
  if (until === undefined && given['until'] !== undefined)
    return no({ path: `${path}.until`, message: timeHint });
  if (until !== undefined && until <= at) return no({ path: `${path}.until`, message: 'must be after `at`' });
  const args = readArgs(given['args'], `${path}.args`);
  if (!args.ok) return args;
  return {
    ok: true,
    value: {
      name: typeof name === 'string' ? name : formatInstant(at),
      at,
      ...(until === undefined ? {} : { until }),
      isBad: bad,
      args: args.value,
    },
  };
}

const timeHint = 'must be a time such as 2026-03-01T10:00:00Z';

/** Whole seconds, as runs begin. */
function timeAt(given: JsonObject, field: string): Instant | undefined {
  const text = given[field];
  const isTime = typeof text === 'string' && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isTime ? parseInstant(text) : undefined;
  return at === undefined ? undefined : parseInstant(formatInstant(at));
}

/** Quiet times as releases that should pass: one every so often, none while a known release goes on. */
export function quietReleases(
  from: Instant,
  to: Instant,
  { everyMs, lastMs, known }: { everyMs: number; lastMs: number; known: readonly Release[] },
): readonly Release[] {
  const found: Release[] = [];
  for (let at = parseInstant(formatInstant(from)) ?? from; addMs(at, lastMs) <= to; at = addMs(at, everyMs)) {
    const end = addMs(at, lastMs);
    const isBusy = known.some((one) => one.at < end && at < (one.until ?? addMs(one.at, lastMs)));
    if (!isBusy) found.push({ name: formatInstant(at), at, isBad: false, args: {} });
  }
  return found;
}

function no(problem: DataProblem): { readonly ok: false; readonly problems: readonly DataProblem[] } {
  return { ok: false, problems: [problem] };
}
