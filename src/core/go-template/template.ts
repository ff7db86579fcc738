import type { TemplateFunction } from './functions/argument.js';
import { languageFunctions, templateFunctions } from './functions/index.js';
import { Machine } from './machine.js';
import { type ParsedTemplate, parseSource } from './parser.js';
import { TemplateRun } from './run.js';
import { TemplateError } from './template-error.js';
import type { Datum } from './value.js';

/** Why a template is refused or fails. Line and column count from 1. */
export interface TemplateProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** What came of parsing or running; a template never throws. */
export type TemplateResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: TemplateProblem };

/** A parsed template. It holds no state: it may be run as often as wanted. */
export interface Template {
  /** @param nowMs - milliseconds since 1970 for `now`. */
  run(data: Datum, nowMs: number): TemplateResult<string>;
}

const noFunctions: ReadonlyMap<string, TemplateFunction> = new Map();
const cache = new Map<string, TemplateResult<Template>>();
const cacheSize = 500;

/**
 * Parses a template of Go's text/template with the functions of sprig. The last few hundred are remembered, unless there
 * are more functions than those.
 */
export function parseTemplate(
  source: string,
  more: ReadonlyMap<string, TemplateFunction> = noFunctions,
): TemplateResult<Template> {
  const known = more === noFunctions ? cache.get(source) : undefined;
  if (known !== undefined) return known;
  const functions = more === noFunctions ? templateFunctions : new Map([...templateFunctions, ...more]);
  const parsed = catching(source, (): Template => {
    const template = parseSource(source, new Set([...functions.keys(), ...languageFunctions]));
    return { run: (data, nowMs) => runTemplate(source, template, functions, data, nowMs) };
  });
  if (more === noFunctions) {
    if (cache.size >= cacheSize) cache.delete(cache.keys().next().value ?? '');
    cache.set(source, parsed);
  }
  return parsed;
}

/** `line 3, column 7: message`. */
export function describeProblem({ line, column, message }: TemplateProblem): string {
  return `line ${line}, column ${column}: ${message}`;
}

// oxlint-disable-next-line max-params -- a template with all that its run needs
function runTemplate(
  source: string,
  template: ParsedTemplate,
  functions: ReadonlyMap<string, TemplateFunction>,
  data: Datum,
  nowMs: number,
): TemplateResult<string> {
  return catching(source, () => new TemplateRun(template, functions, new Machine(nowMs)).run(data));
}

function catching<T>(source: string, work: () => T): TemplateResult<T> {
  try {
    return { ok: true, value: work() };
  } catch (thrown) {
    // The parts of this folder throw TemplateError for whatever a template does wrong; anything else is a fault of ours.
    if (!(thrown instanceof TemplateError)) throw thrown;
    return { ok: false, problem: { message: thrown.message, ...placeOf(source, thrown.at ?? 0) } };
  }
}

function placeOf(source: string, at: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
