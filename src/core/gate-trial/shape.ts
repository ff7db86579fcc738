import type { Metric } from '#api/argoproj/analysis-template.js';
import type { SourceOutcome } from '#core/analysis/judge/judge.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { formatPlainFloat } from '#core/expr/values/go-float.js';
import { textAt } from '#core/json/read.js';

/** How a provider gives numbers to conditions. */
export type NumberShape =
  /** A list of floats, also for a single number. */
  | 'floats'
  /** A list of anything. */
  | 'list'
  /** A single number is a float. */
  | 'plain'
  /** It judges by itself, conditions are not read. */
  | 'none';

const shapes: Readonly<Record<string, NumberShape>> = {
  graphite: 'floats',
  loki: 'floats',
  influxdb: 'list',
  job: 'none',
  kayenta: 'none',
};

/** What conditions see of one number that the provider of a metric finds. */
export function numberShapeOf(metric: Metric): NumberShape {
  const { id, config } = providerOf(metric);
  if (id === 'prometheus') return isScalarQuery(textAt(config, 'query') ?? '') ? 'plain' : 'floats';
  if (id.startsWith('plugin.')) return 'none';
  return shapes[id] ?? 'plain';
}

/** Whether Prometheus answers with a scalar: arithmetic over figures and functions that give one. */
function isScalarQuery(query: string): boolean {
  let text = query.trim();
  for (let call = scalarCall.exec(text); call !== null; call = scalarCall.exec(text)) {
    const end = endOfCall(text, call.index + call[0].length);
    if (end === undefined) return false;
    text = `${text.slice(0, call.index)}1${text.slice(end)}`;
  }
  return text !== '' && /^[-+*/%^().\d\seE]+$/.test(text);
}

const scalarCall = /\b(?:scalar|time|pi)\s*\(/;

/** Behind the bracket that closes a call whose arguments begin at `from`. */
function endOfCall(text: string, from: number): number | undefined {
  let depth = 1;
  for (let i = from; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0) return i + 1;
  }
  return undefined;
}

/** The answer that the provider of a metric would give with this value; numbers alone become what it makes of them. */
export function valueOutcome(metric: Metric, value: unknown, isExact: boolean): SourceOutcome {
  const result = isExact ? exact(value) : shaped(numberShapeOf(metric), value);
  return { kind: 'value', result, value: printResult(result) };
}

function shaped(shape: NumberShape, value: unknown): unknown {
  const list = shape === 'floats' || shape === 'list';
  if (!list) return value;
  if (typeof value === 'number') return shape === 'floats' ? Float64Array.of(value) : [value];
  return shape === 'floats' ? exact(value) : value;
}

/** A list of numbers is a list of floats to conditions. */
function exact(value: unknown): unknown {
  const isNumbers = Array.isArray(value) && value.every((item) => typeof item === 'number');
  return isNumbers ? Float64Array.from(value) : value;
}

/** A result as measurements store it. */
function printResult(result: unknown): string {
  if (result instanceof Float64Array) return `[${Array.from(result, formatPlainFloat).join(',')}]`;
  if (typeof result === 'number') return formatPlainFloat(result);
  if (typeof result === 'string') return result;
  return JSON.stringify(result ?? null);
}
