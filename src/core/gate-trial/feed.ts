import type { SourceOutcome } from '#core/analysis/judge/judge.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import {
  endComparison,
  isComparison,
  lastState,
  lookOnce,
  resumeComparison,
  storedState,
} from '#core/comparison/going.js';
import type { Sample } from '#core/comparison/look.js';
import { readNumber, readSide, type Read } from '#core/comparison/sample.js';
import type { ComparisonSettings } from '#core/comparison/settings.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { SeriesEntry, SeriesPoint, SeriesTable } from './series.js';
import { numberShapeOf, valueOutcome } from './shape.js';
import type { SourceAnswer, TrialAsk } from './trial.js';

/** Answers in the place of sources, out of given series. */
export interface SeriesFeed {
  answer(ask: TrialAsk): SourceAnswer;
  /** Whether every series has come to its end, so that only last values are repeated. */
  isUsedUp(): boolean;
}

/** Each metric takes its series in order, or by the time since `startedAt`; its last value is repeated. */
export function feedOf(table: SeriesTable, startedAt: Instant): SeriesFeed {
  const used = new Map<string, number>();
  const ended = new Set<string>();
  return {
    answer: (ask) => {
      if (ask.mode === 'terminate') return { outcome: terminated(ask) };
      const points = table.get(ask.name) ?? [];
      const number = used.get(ask.name) ?? 0;
      used.set(ask.name, number + 1);
      const found = pick(points, number, ask.at - startedAt);
      if (found === undefined) return { outcome: { kind: 'error', message: 'no data at this time' } };
      if (found.isLast) ended.add(ask.name);
      const { entry, tookMs } = found.point;
      return {
        outcome: outcomeOf(entry, ask, addMs(ask.at, tookMs)),
        tookMs,
        ...(found.isRepeated ? { note: 'last value again' } : {}),
      };
    },
    isUsedUp: () => [...table.keys()].every((name) => ended.has(name)),
  };
}

interface Picked {
  readonly point: SeriesPoint;
  readonly isLast: boolean;
  /** The series was at its end before. */
  readonly isRepeated: boolean;
}

function pick(points: readonly SeriesPoint[], number: number, sinceMs: number): Picked | undefined {
  const last = points.at(-1);
  if (last === undefined) return undefined;
  if (last.atMs !== undefined) {
    const point = points.findLast(({ atMs = 0 }) => atMs <= sinceMs);
    return point === undefined ? undefined : { point, isLast: point === last, isRepeated: false };
  }
  let before = 0;
  for (const point of points) {
    before += point.times;
    if (number < before) return { point, isLast: point === last && number === before - 1, isRepeated: false };
  }
  return { point: last, isLast: true, isRepeated: true };
}

function outcomeOf(entry: SeriesEntry, ask: TrialAsk, now: Instant): SourceOutcome {
  if (isComparison(ask.metric)) return compare(entry, ask, now);
  switch (entry.kind) {
    case 'value':
      return numberShapeOf(ask.metric) === 'none'
        ? { kind: 'error', message: judgesItself(ask) }
        : valueOutcome(ask.metric, entry.value, entry.isExact);
    case 'running':
      return { kind: 'running', resumeAt: addMs(now, entry.forMs) };
    case 'sides':
      return {
        kind: 'error',
        message: 'the data has a canary and a baseline, but the metric is no comparison',
      };
    case 'judged':
    case 'error':
      return entry;
  }
}

function judgesItself({ metric }: TrialAsk): string {
  return `the provider ${providerOf(metric).id} judges by itself: the data must give a phase instead of a value`;
}

function compare(entry: SeriesEntry, ask: TrialAsk, now: Instant): SourceOutcome {
  const stored = ask.earlier === undefined ? lastState(ask.run, ask.name) : storedState(ask.earlier);
  const going = resumeComparison({ ...requestOf(ask), stored });
  if (!going.ok) return { kind: 'error', message: going.message };
  return lookOnce(going.value, sampleOf(entry, going.value.look.settings), now);
}

function requestOf({ metric, run, at }: TrialAsk) {
  return { provider: providerOf(metric).config, metric, run, now: at };
}

function sampleOf(entry: SeriesEntry, settings: ComparisonSettings): Read<Sample> {
  if (entry.kind === 'error') return { ok: false, message: entry.message };
  if (entry.kind !== 'sides') {
    return { ok: false, message: 'the data of a comparison must give `canary` and `baseline`' };
  }
  if (settings.kind === 'mean') {
    const both = readBoth(entry, (side) => readNumber(side));
    return both.ok ? { ok: true, value: { kind: 'means', ...both.value } } : both;
  }
  const both = readBoth(entry, (side) => readSide(side, settings));
  return both.ok ? { ok: true, value: { kind: 'counts', ...both.value } } : both;
}

interface Sides<T> {
  readonly canary: T;
  readonly baseline: T;
}

function readBoth<T>(sides: Sides<unknown>, read: (side: unknown) => Read<T>): Read<Sides<T>> {
  const canary = read(sides.canary);
  if (!canary.ok) return { ok: false, message: `canary: ${canary.message}` };
  const baseline = read(sides.baseline);
  if (!baseline.ok) return { ok: false, message: `baseline: ${baseline.message}` };
  return { ok: true, value: { canary: canary.value, baseline: baseline.value } };
}

/** What a source says that is asked to end what it has under way. */
function terminated(ask: TrialAsk): SourceOutcome {
  if (!isComparison(ask.metric)) return { kind: 'judged', phase: 'Inconclusive' };
  const stored = ask.earlier === undefined ? undefined : storedState(ask.earlier);
  const going = resumeComparison({ ...requestOf(ask), stored });
  return going.ok ? endComparison(going.value) : { kind: 'error', message: going.message };
}
