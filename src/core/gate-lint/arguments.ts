import type { Argument, Metric } from '#api/argoproj/analysis-template.js';
import { fillPlaceholders, substituteArgs } from '#core/analysis/arguments/substitute.js';
import { textsBelow, type Remark } from './remark.js';

/** What stands for the value of an argument that only the caller knows: it can be a number as well as a text. */
const sample = '1';

/** The metric with every argument put in, also those that are not declared; `undefined` when that cannot be done. */
export function withSampleArgs(metric: Metric, args: readonly Argument[]): Metric | undefined {
  const used = new Set<string>();
  for (const { text } of textsBelow(metric, '')) fillPlaceholders(text, noting(used));
  const undeclared = [...used].flatMap((tag) => (tag.startsWith('args.') ? [tag.slice('args.'.length)] : []));
  const values = [
    ...undeclared.map((name) => ({ name, value: sample })),
    ...args.map(({ name, value }) => ({ name, value: value ?? sample })),
  ];
  const resolved = substituteArgs(metric, values);
  return resolved.ok ? resolved.value : undefined;
}

/** The names of the arguments whose value no file says. */
export function openNames(args: readonly Argument[]): ReadonlySet<string> {
  return new Set(args.filter(({ value }) => value === undefined).map(({ name }) => name));
}

/** Whether a text depends on one of these arguments. */
export function dependsOn(text: unknown, names: ReadonlySet<string>): boolean {
  const found = new Set<string>();
  if (typeof text === 'string') fillPlaceholders(text, noting(found));
  return [...found].some((tag) => names.has(tag.replace(/^args\./, '')));
}

/** Placeholders without an argument, and text in which one is not closed. */
export function findPlaceholderProblems(
  metrics: readonly Metric[],
  args: readonly Argument[],
): readonly Remark[] {
  const known = new Set(args.map(({ name }) => `args.${name}`));
  const takes =
    args.length === 0
      ? 'no arguments are declared'
      : `declared are ${args.map(({ name }) => name).join(', ')}`;
  return textsBelow(metrics, 'spec.metrics').flatMap(({ path, text }): readonly Remark[] => {
    const filled = fillPlaceholders(text, (tag) => (known.has(tag) ? sample : undefined));
    if (filled.ok) return [];
    const isUnclosed = filled.message.startsWith('cannot find end tag');
    const message = isUnclosed ? '"{{" is never closed, and there is no way to escape it' : filled.message;
    const hint = isUnclosed ? '' : `: ${takes}`;
    return [
      { level: 'error', rule: 'placeholder', path, message: `${message}${hint}`, at: text.indexOf('{{') },
    ];
  });
}

/** Arguments that nothing uses, that have two sources, or that will have no value. */
export function findArgumentProblems(
  args: readonly Argument[],
  metrics: readonly Metric[],
  isRun: boolean,
): readonly Remark[] {
  const used = new Set<string>();
  for (const { text } of textsBelow(metrics, '')) fillPlaceholders(text, noting(used));
  return args.flatMap((arg, i) => {
    const path = `spec.args[${i}]`;
    const isTwice = args.findIndex(({ name }) => name === arg.name) < i;
    return [
      ...(isTwice
        ? [remark('warning', 'argument-twice', path, `the argument "${arg.name}" is declared twice`)]
        : []),
      ...(metrics.length === 0 || used.has(`args.${arg.name}`) ? [] : [unused(arg, path)]),
      ...findSourceProblems(arg, path, isRun),
    ];
  });
}

function noting(found: Set<string>): (tag: string) => string {
  return (tag) => {
    found.add(tag);
    return sample;
  };
}

function unused({ name }: Argument, path: string): Remark {
  return remark(
    'warning',
    'argument-unused',
    path,
    `the argument "${name}" is never used, yet it must have a value`,
  );
}

function findSourceProblems(
  { name, value, valueFrom }: Argument,
  path: string,
  isRun: boolean,
): readonly Remark[] {
  const secret = valueFrom?.secretKeyRef;
  const field = valueFrom?.fieldRef;
  const found: Remark[] = [];
  if (value !== undefined && valueFrom !== undefined) {
    const text = `the argument "${name}" has both value and valueFrom: a step refuses it, else valueFrom wins`;
    found.push(remark('error', 'argument-sources', path, text));
  }
  if (secret !== undefined && (secret.name === '' || secret.key === '')) {
    const text = `the argument "${name}" names no ${secret.name === '' ? 'Secret' : 'key of its Secret'}`;
    found.push(remark('error', 'secret', `${path}.valueFrom.secretKeyRef`, text));
  }
  if (field !== undefined && value === undefined) {
    const text = `the argument "${name}" has a fieldRef, which a run never resolves`;
    const hint = isRun ? 'give a value' : 'give it in the analysis of the Rollout';
    found.push(remark(isRun ? 'error' : 'warning', 'field-ref', `${path}.valueFrom`, `${text}: ${hint}`));
  }
  if (isRun && value === undefined && valueFrom === undefined) {
    found.push(remark('error', 'argument-value', path, `argument "${name}" was not supplied`));
  }
  return found;
}

function remark(level: Remark['level'], rule: string, path: string, message: string): Remark {
  return { level, rule, path, message };
}

/** Fields that are read before Secrets are: a Secret in them is a fixed text. */
const scheduling = [
  'name',
  'interval',
  'initialDelay',
  'count',
  'failureLimit',
  'inconclusiveLimit',
] as const;

/** Secrets cannot drive when and how often is measured. */
export function findSecretsInSchedule(
  metrics: readonly Metric[],
  args: readonly Argument[],
): readonly Remark[] {
  const secrets = new Set(
    args.filter((arg) => arg.valueFrom?.secretKeyRef !== undefined).map(({ name }) => name),
  );
  return metrics.flatMap((metric, i) =>
    scheduling
      .filter((field) => dependsOn(metric[field], secrets))
      .map((field) =>
        remark(
          'warning',
          'secret-schedule',
          `spec.metrics[${i}].${field}`,
          `${field} is read without Secrets: this argument is a fixed text here`,
        ),
      ),
  );
}
