import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { isObject } from '#core/json/json.js';
import { withExtensions } from './functions.js';

/** What an expression gives: a truth, or why it gives none. */
export type CelAnswer =
  { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly message: string };

/** An expression that can be asked; it never throws. */
interface CelExpression {
  /** @param variables - JSON values by name; whole numbers are integers. */
  evaluate(variables: Readonly<Record<string, unknown>>): CelAnswer;
}

/** What an expression of text gives. */
type CelTextAnswer =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

/** An expression that gives a text; it never throws. */
export interface CelText {
  evaluate(variables: Readonly<Record<string, unknown>>): CelTextAnswer;
}

export type CompiledCel =
  | { readonly ok: true; readonly expression: CelExpression }
  | { readonly ok: false; readonly message: string };

/** The longest expression that is read. */
const maxLength = 16_384;
const limits = { maxAstNodes: 10_000, maxDepth: 100, maxListElements: 1000, maxMapEntries: 1000 };
const options = { enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits };

/** Any variable may be named. */
const open = withExtensions(new Environment({ ...options, unlistedVariablesAreDyn: true }));

/**
 * Reads an expression.
 * @param names - the variables that there are; naming another is an error then, as is a result that cannot be a truth.
 */
export function compileCel(text: string, names?: readonly string[]): CompiledCel {
  const parsed = parse(text, names, 'bool');
  if (!parsed.ok) return parsed;
  const evaluate = (variables: Readonly<Record<string, unknown>>): CelAnswer => {
    const answer = run(parsed.program, variables);
    if (!answer.ok) return answer;
    const { value } = answer;
    return typeof value === 'boolean' ? { ok: true, value } : refuse('the expression does not give a bool');
  };
  return { ok: true, expression: { evaluate } };
}

/** As {@link compileCel}, for an expression that gives a text. */
export function compileCelText(
  text: string,
  names?: readonly string[],
): { readonly ok: true; readonly expression: CelText } | { readonly ok: false; readonly message: string } {
  const parsed = parse(text, names, 'string');
  if (!parsed.ok) return parsed;
  const evaluate = (variables: Readonly<Record<string, unknown>>): CelTextAnswer => {
    const answer = run(parsed.program, variables);
    if (!answer.ok) return answer;
    const { value } = answer;
    return typeof value === 'string' ? { ok: true, value } : refuse('the expression does not give a string');
  };
  return { ok: true, expression: { evaluate } };
}

function parse(
  text: string,
  names: readonly string[] | undefined,
  wanted: 'bool' | 'string',
): { readonly ok: true; readonly program: ParseResult } | { readonly ok: false; readonly message: string } {
  if (text.length > maxLength) return refuse(`the expression is longer than ${maxLength} characters`);
  try {
    const program = environmentOf(names).parse(text);
    const checked = names === undefined ? undefined : program.check();
    if (checked?.valid === false) return refuse(firstLine(checked.error));
    const { type = wanted } = checked ?? {};
    if (type !== wanted && type !== 'dyn') return refuse(`the expression gives ${type} and not ${wanted}`);
    return { ok: true, program };
  } catch (thrown) {
    return refuse(firstLine(thrown));
  }
}

function environmentOf(names: readonly string[] | undefined): Environment {
  if (names === undefined) return open;
  return names.reduce(
    (environment, name) => environment.registerVariable(name, 'dyn'),
    withExtensions(new Environment(options)),
  );
}

function run(
  program: ParseResult,
  variables: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: program(variablesOf(variables)) };
  } catch (thrown) {
    return refuse(firstLine(thrown));
  }
}

function variablesOf(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, withIntegers(value)]));
}

function withIntegers(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(withIntegers);
  return isObject(value) ? variablesOf(value) : value;
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.split('\n', 1)[0] ?? message;
}
