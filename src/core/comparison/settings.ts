import { isObject, type JsonObject } from '#core/json/json.js';
import { parseGoDuration } from '#core/time/duration.js';
import { indexAtOrAbove, indexAtOrBelow } from './evidence/likelihood.js';

/** The key under `provider.plugin` that asks for a comparison. */
export const comparisonProvider = 'sluice.dev/comparison';

const kindWords = ['errorRate', 'latencyOver', 'mean'] as const;
export type ComparisonKind = (typeof kindWords)[number];

const undecidedWords = ['inconclusive', 'successful'] as const;

/** Where the numbers of one side come from: one question for all of them, or one a number. */
export type SideQueries =
  | { readonly kind: 'whole'; readonly provider: JsonObject }
  | { readonly kind: 'parts'; readonly events: JsonObject; readonly total: JsonObject };

/** What a user asked for, with the defaults put in. Durations in milliseconds. */
export interface ComparisonSettings {
  readonly kind: ComparisonKind;
  readonly canary: SideQueries;
  readonly baseline: SideQueries;
  /** Indices of the grid: proven above the first the canary is worse, proven below the second it is good enough. */
  readonly tolerance: number;
  readonly margin: number;
  /** For the whole run, over all of its comparisons together. */
  readonly alpha: number;
  /** Nothing is decided on fewer events of both sides (for means: on fewer intervals). */
  readonly minEvents: number;
  readonly maxDurationMs: number;
  readonly warmUpMs: number;
  readonly onUndecided: (typeof undecidedWords)[number];
  /** The bound of `latencyOver` as the name of a bucket; absent when sources count slow requests themselves. */
  readonly threshold?: string;
  /** The label that tells clusters of requests apart, `pod` for instance; absent: all requests are independent. */
  readonly clusterBy?: string;
}

export type SettingsOutcome =
  | { readonly ok: true; readonly value: ComparisonSettings }
  | { readonly ok: false; readonly message: string };

const known = [
  'kind',
  'canary',
  'baseline',
  'tolerance',
  'margin',
  'alpha',
  'minEvents',
  'maxDuration',
  'warmUp',
  'onUndecided',
  'threshold',
  'clusterBy',
];

/** A problem of a setting, kept inside of this file. */
class SettingProblem extends Error {}

/** Reads the configuration of a comparison. Numbers may be text, since arguments are. The message names the setting. */
export function readSettings(config: unknown): SettingsOutcome {
  try {
    return { ok: true, value: read(config) };
  } catch (thrown) {
    if (thrown instanceof SettingProblem) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

function read(config: unknown): ComparisonSettings {
  if (!isObject(config)) throw new SettingProblem('must be an object');
  const unknown = Object.keys(config).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new SettingProblem(`${unknown} is no setting of a comparison`);
  const kind = wordOf(config, 'kind', kindWords);
  const tolerance = numberOf(config, 'tolerance', { fallback: 1, least: 0.1, most: 9.4 });
  const margin = numberOf(config, 'margin', { fallback: Math.max(tolerance, 1.5), least: 0.11, most: 10 });
  const { threshold } = config;
  const clusterBy = clusterOf(config, kind);
  return {
    kind,
    canary: sideOf(config, 'canary', kind),
    baseline: sideOf(config, 'baseline', kind),
    tolerance: indexAtOrAbove(tolerance),
    margin: indexAtOrBelow(margin),
    alpha: numberOf(config, 'alpha', { fallback: 0.05, least: 1e-9, most: 0.5 }),
    minEvents: numberOf(config, 'minEvents', {
      fallback: kind === 'mean' ? 5 : 10,
      least: 0,
      most: Number.MAX_VALUE,
    }),
    maxDurationMs: durationOf(config, 'maxDuration', '1h'),
    warmUpMs: durationOf(config, 'warmUp', '0s'),
    onUndecided: wordOf({ onUndecided: 'inconclusive', ...config }, 'onUndecided', undecidedWords),
    ...(typeof threshold === 'string' || typeof threshold === 'number'
      ? { threshold: String(threshold) }
      : {}),
    ...(clusterBy === undefined ? {} : { clusterBy }),
  };
}

function clusterOf({ clusterBy }: JsonObject, kind: ComparisonKind): string | undefined {
  if (clusterBy === undefined) return undefined;
  if (kind === 'mean') throw new SettingProblem('clusterBy is not offered for a mean');
  if (typeof clusterBy === 'string' && /^[a-zA-Z_]\w*$/.test(clusterBy)) return clusterBy;
  throw new SettingProblem('clusterBy must name a label, for instance pod');
}

function wordOf<W extends string>(config: JsonObject, field: string, words: readonly W[]): W {
  const word = words.find((candidate) => candidate === config[field]);
  if (word === undefined) throw new SettingProblem(`${field} must be one of ${words.join(', ')}`);
  return word;
}

interface NumberRule {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

function numberOf(config: JsonObject, field: string, { fallback, least, most }: NumberRule): number {
  const given = config[field] ?? fallback;
  const isText = typeof given === 'string' && given.trim() !== '';
  const value = isText ? Number(given) : given;
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const range = most === Number.MAX_VALUE ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new SettingProblem(`${field} must be a number ${range}`);
}

function durationOf(config: JsonObject, field: string, fallback: string): number {
  const text = config[field] ?? fallback;
  const ms = typeof text === 'string' ? parseGoDuration(text) : undefined;
  if (ms === undefined || ms < 0) throw new SettingProblem(`${field} must be a duration like 30m`);
  return ms;
}

function sideOf(config: JsonObject, side: string, kind: ComparisonKind): SideQueries {
  const given = config[side];
  if (!isObject(given)) throw new SettingProblem(`${side} must say where its numbers come from`);
  if (!('events' in given) && !('total' in given)) {
    return { kind: 'whole', provider: providerOf(given, side) };
  }
  if (kind === 'mean') throw new SettingProblem(`${side} of a mean must be one metric provider`);
  return {
    kind: 'parts',
    events: providerOf(given['events'], `${side}.events`),
    total: providerOf(given['total'], `${side}.total`),
  };
}

function providerOf(given: unknown, field: string): JsonObject {
  if (!isObject(given) || Object.keys(given).length !== 1) {
    throw new SettingProblem(`${field} must hold exactly one metric provider`);
  }
  const isPlugin = 'plugin' in given;
  const names = isPlugin && isObject(given['plugin']) ? Object.keys(given['plugin']) : [];
  if (!isPlugin || (names.length === 1 && names[0] !== comparisonProvider)) return given;
  throw new SettingProblem(`${field} must name exactly one plugin, which is no comparison itself`);
}
