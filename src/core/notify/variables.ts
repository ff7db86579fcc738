import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { Builtin } from '#core/expr/builtins/builtin.js';
import { ExprError } from '#core/expr/expr-error.js';
import { makeMap } from '#core/expr/values/plain.js';
import { Moment, Span } from '#core/expr/values/special.js';
import { timeType } from '#core/expr/types/value-type.js';
import { TemplateError } from '#core/go-template/template-error.js';
import { type Datum, type DatumMap, GoFunction, toDatum } from '#core/go-template/value.js';
import { parseGoTime } from '#core/time/go-parse.js';
import type { NotifyConfig } from './config.js';
import type { Destination } from './destination.js';

/** What conditions and templates look at. */
export interface Subject {
  readonly rollout: Rollout;
  /** Those of the current revision, the newest first. */
  readonly analysisRuns: readonly AnalysisRun[];
}

/** The runs of the Rollout's current hash and revision, the newest first. */
export function currentRuns(rollout: Rollout, runs: readonly AnalysisRun[]): readonly AnalysisRun[] {
  const hash = rollout.status?.currentPodHash;
  const revision = rollout.metadata.annotations?.[annotations.revision];
  return runs
    .filter(
      ({ metadata }) =>
        metadata.labels?.[labels.podTemplateHash] === hash &&
        metadata.annotations?.[annotations.revision] === revision,
    )
    .toSorted((a, b) => createdAt(b) - createdAt(a));
}

function createdAt({ metadata }: AnalysisRun): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

const rfc3339 = '2006-01-02T15:04:05Z07:00';
const nsPerMs = 1_000_000n;

/** `time.Now()` and `time.Parse(text)` of conditions. */
export const conditionFunctions: Readonly<Record<string, Builtin>> = {
  'time.Now': {
    params: [],
    result: timeType,
    run: (_, machine) => new Moment(BigInt(Math.floor(machine.nowMs)) * nsPerMs),
  },
  'time.Parse': {
    params: ['string'],
    result: timeType,
    run: ([text]) => {
      const epochNs = typeof text === 'string' ? parseGoTime(text, rfc3339) : undefined;
      if (epochNs === undefined) throw new ExprError(`cannot parse ${JSON.stringify(text)} as a time`);
      return new Moment(epochNs);
    },
  },
};

/** The variables of a condition. */
export function conditionVariables({ rollout, analysisRuns }: Subject, config: NotifyConfig) {
  return { rollout, analysisRuns, secrets: config.source.secrets, context: config.context };
}

/** The variables of a template. */
export function templateVariables(
  { rollout, analysisRuns }: Subject,
  config: NotifyConfig,
  destination: Destination,
  nowMs: number,
): DatumMap {
  return makeMap([
    ['rollout', toDatum(rollout)],
    ['analysisRuns', toDatum(analysisRuns)],
    ['time', timeFunctions(nowMs)],
    ['secrets', toDatum(config.source.secrets)],
    ['context', toDatum(config.context)],
    ['serviceType', destination.service],
    ['recipient', destination.recipient],
  ]);
}

function timeFunctions(nowMs: number): DatumMap {
  const units: readonly (readonly [string, bigint])[] = [
    ['Nanosecond', 1n],
    ['Microsecond', 1000n],
    ['Millisecond', nsPerMs],
    ['Second', 1_000_000_000n],
    ['Minute', 60_000_000_000n],
    ['Hour', 3_600_000_000_000n],
  ];
  return makeMap<Datum>([
    ['Now', new GoFunction('Now', () => new Moment(BigInt(Math.floor(nowMs)) * nsPerMs))],
    [
      'Parse',
      new GoFunction('Parse', ([text = null]) => {
        const epochNs = typeof text === 'string' ? parseGoTime(text, rfc3339) : undefined;
        if (epochNs === undefined)
          throw new TemplateError(`error calling call: cannot parse ${JSON.stringify(text)} as a time`);
        return new Moment(epochNs);
      }),
    ],
    ...units.map(([name, ns]) => [name, new Span(ns)] as const),
  ]);
}
