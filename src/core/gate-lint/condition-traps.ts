import type { Metric } from '#api/argoproj/analysis-template.js';
import { judgeMeasurement } from '#core/analysis/judge/judge.js';
import { limitsOf } from '#core/analysis/spec/limits.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { textAt } from '#core/json/read.js';
import { instantOf } from '#core/time/instant.js';
import { numberShapeOf, valueOutcome } from '#core/gate-trial/shape.js';
import type { Level, Remark } from './remark.js';

/** What the conditions of a metric make of values that are worth a thought; they must be right by themselves. */
export function findValueTraps(metric: Metric, path: string, isOpen: boolean): readonly Remark[] {
  const field = metric.successCondition ? 'successCondition' : 'failureCondition';
  const remark = (level: Level, rule: string, message: string): Remark => ({
    level,
    rule,
    path: `${path}.${field}`,
    message,
  });
  const scores = samplesOf(metric).map((value) => ({ value, ...judge(metric, value) }));
  const usable = scores.filter(({ phase }) => phase !== 'Error');
  const first = scores[0];
  if (usable.length === 0) {
    return first === undefined || !isKnownShape(metric) || isOpen
      ? []
      : [
          remark(
            'error',
            'result-type',
            `every measurement would be an Error: ${first.message}${listHint(metric)}`,
          ),
        ];
  }
  if (usable.length < scores.length) return isKnownShape(metric) ? dataTraps(metric, remark) : [];
  const phases = new Set(
    [...usable, ...otherSizes(metric).map((value) => judge(metric, value))]
      .map(({ phase }) => phase)
      .filter((phase) => phase !== 'Error'),
  );
  const constant = phases.size === 1 && !isOpen ? [...phases][0] : undefined;
  if (constant !== undefined) return [remark('warning', 'constant', constantWords(constant))];
  return [...bothHold(metric, usable, remark, isOpen), ...dataTraps(metric, remark)];
}

type Say = (level: Level, rule: string, message: string) => Remark;

function constantWords(phase: string): string {
  return `every value would be ${phase}: the condition decides nothing`;
}

function judge(metric: Metric, value: unknown): { readonly phase: string; readonly message: string } {
  const outcome = valueOutcome(metric, value, false);
  const at = instantOf(0);
  const { phase, message = '' } = judgeMeasurement(metric, outcome, { startedAt: at, finishedAt: at });
  return { phase, message };
}

/** Whether it is known what conditions get: others may answer with anything. */
function isKnownShape(metric: Metric): boolean {
  return ['prometheus', 'loki', 'graphite'].includes(providerOf(metric).id);
}

function listHint(metric: Metric): string {
  return numberShapeOf(metric) === 'floats' ? '; the query gives a list, its first value is result[0]' : '';
}

/** Numbers around those that the conditions name, and some far from them. */
function samplesOf({ successCondition = '', failureCondition = '' }: Metric): readonly number[] {
  const named = [...`${successCondition} ${failureCondition}`.matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?/g)]
    .map(([text]) => Number(text))
    .filter((value) => Number.isFinite(value));
  const near = named.flatMap((value) => {
    const step = Math.max(Math.abs(value) * 1e-3, 1e-6);
    return [value - step, value, value + step, -value];
  });
  const sorted = near.toSorted((a, b) => a - b);
  const between = sorted.slice(1).map((value, i) => (value + (sorted[i] ?? value)) / 2);
  return [...near, ...between, 0, 0.5, 1, -1, 50, 100, 1e9, -1e9];
}

/** Results of other sizes, for conditions over their length. */
function otherSizes(metric: Metric): readonly unknown[] {
  return numberShapeOf(metric) === 'plain' ? [] : [[], [0, 0], [1e9, 1e9], [0, 1e9, -1e9]];
}

/** A value for which both conditions hold: failure wins, which is rarely what was thought of. */
function bothHold(
  metric: Metric,
  samples: readonly { readonly value: number }[],
  remark: Say,
  isOpen: boolean,
): readonly Remark[] {
  const { successCondition, failureCondition, ...rest } = metric;
  if (!successCondition || !failureCondition || isOpen) return [];
  const both = samples.find(({ value }) => {
    const bySuccess = judge({ ...rest, successCondition }, value).phase;
    const byFailure = judge({ ...rest, failureCondition }, value).phase;
    return bySuccess === 'Successful' && byFailure === 'Failed';
  });
  if (both === undefined) return [];
  return [
    remark('warning', 'both-hold', `both conditions hold for ${both.value}: it is Failed, failure wins`),
  ];
}

/** What becomes of a query that finds nothing, or whose result is no number. */
function dataTraps(metric: Metric, remark: Say): readonly Remark[] {
  const { id, config } = providerOf(metric);
  const found: Remark[] = [];
  const isVector = ['prometheus', 'loki'].includes(id) && numberShapeOf(metric) === 'floats';
  const nothing = isVector ? [] : id === 'datadog' ? null : undefined;
  if (nothing !== undefined && judge(metric, nothing).phase === 'Error') {
    const { consecutiveError } = limitsOf(metric);
    const guard = isVector ? 'len(result) == 0 || …' : 'default(result, 0) …';
    const text = `a query that finds nothing is an Error, and ${consecutiveError + 1} in a row end the run: say what is meant, as in ${guard}`;
    found.push(remark('warning', 'no-data', text));
  }
  const query = textAt(config, 'query') ?? '';
  const phase = mayBeNaN.test(query) ? judge(metric, Number.NaN).phase : '';
  if (phase !== '' && phase !== 'Error' && !/isNaN/.test(conditionsOf(metric))) {
    const where = isVector ? 'result[0]' : 'result';
    const text = `without requests this query gives NaN (0/0), which would be ${phase}: say what is meant with isNaN(${where})`;
    found.push(remark('warning', 'nan', text));
  }
  return found;
}

function conditionsOf({ successCondition = '', failureCondition = '' }: Metric): string {
  return `${successCondition} ${failureCondition}`;
}

/** Queries that divide, or take a quantile of nothing. */
const mayBeNaN = /\/|quantile/;
