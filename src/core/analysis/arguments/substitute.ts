import type { Argument, Metric } from '#api/argoproj/analysis-template.js';
import { isObject } from '#core/json/json.js';
import { done, failed, type Outcome } from '../run-model.js';

/** The order in which the peer serialises a metric; of several unknown placeholders the last one in it is reported. */
const fieldOrder = [
  'name',
  'interval',
  'initialDelay',
  'count',
  'successCondition',
  'failureCondition',
  'failureLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'provider',
  'consecutiveSuccessLimit',
];

/**
 * The metric with every `{{args.name}}` replaced, wherever it stands in its text, keys included. Every declared argument
 * must have a value, used or not; of two with one name the later counts. Replaced text is not scanned again. The message
 * is the cause alone, without the prefix of the run's status.
 */
export function substituteArgs(metric: Metric, args: readonly Argument[]): Outcome<Metric> {
  // As the peer does, over the whole text: only so do braces that are never closed fail in its words.
  const text = JSON.stringify(inFieldOrder(metric));
  const unclosed = findUnclosed(text);
  if (unclosed !== undefined) return failed(unclosed);
  const values = new Map<string, string>();
  for (const arg of args) {
    if (arg.value === undefined) return failed(`argument "${arg.name}" was not supplied`);
    values.set(`args.${arg.name}`, escapeJson(arg.value));
  }
  const filled = fillPlaceholders(text, (tag) => values.get(tag));
  if (!filled.ok) return filled;
  const replaced: unknown = JSON.parse(filled.value);
  return done(isObject(replaced) ? restore(metric, replaced) : metric);
}

function inFieldOrder(metric: Metric): Record<string, unknown> {
  const entries = Object.entries(metric);
  const rank = (key: string): number =>
    fieldOrder.includes(key) ? fieldOrder.indexOf(key) : fieldOrder.length;
  return Object.fromEntries(entries.toSorted(([a], [b]) => rank(a) - rank(b)));
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * A text with every `{{tag}}` replaced by its value, the spaces around a tag apart; what was put in is not scanned again.
 * Of several tags without a value the last one is reported.
 */
export function fillPlaceholders(
  text: string,
  valueOf: (tag: string) => string | undefined,
): Outcome<string> {
  const unclosed = findUnclosed(text);
  if (unclosed !== undefined) return failed(unclosed);
  let rest = text;
  let result = '';
  let problem: string | undefined;
  for (let open = rest.indexOf('{{'); open >= 0; open = rest.indexOf('{{')) {
    const close = rest.indexOf('}}', open + 2);
    const tag = rest.slice(open + 2, close);
    const value = valueOf(tag.trim());
    if (value === undefined) problem = `failed to resolve {{${tag}}}`;
    result += rest.slice(0, open) + (value ?? '');
    rest = rest.slice(close + 2);
  }
  return problem === undefined ? done(result + rest) : failed(problem);
}

/** What is wrong with a text whose last placeholder is never closed. */
function findUnclosed(text: string): string | undefined {
  let open = text.indexOf('{{');
  while (open >= 0) {
    const close = text.indexOf('}}', open + 2);
    if (close < 0) {
      const start = JSON.stringify(text.slice(open + 2));
      return `cannot find end tag="}}" in the template=${JSON.stringify(text)} starting from ${start}`;
    }
    open = text.indexOf('{{', close + 2);
  }
  return undefined;
}

/** Texts stay texts and keys only change by placeholders, so the shape is that of a metric still. */
function restore(metric: Metric, replaced: Readonly<Record<string, unknown>>): Metric {
  return { ...metric, ...replaced };
}
