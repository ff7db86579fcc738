import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { isObject } from '#core/json/json.js';
import { withExtensions } from './functions.js';

interface Refused {
  readonly ok: false;
  readonly message: string;
}

/** What an expression gives, or why it gives nothing. */
type CelResult<T> = { readonly ok: true; readonly value: T } | Refused;

/** A truth, or why there is none. */
export type CelAnswer = CelResult<boolean>;

/** An expression that can be asked; it never throws. */
interface CelExpression<T> {
  /** @param variables - JSON values by name; whole numbers are integers. */
  evaluate(variables: Readonly<Record<string, unknown>>): CelResult<T>;
}

type Compiled<T> = { readonly ok: true; readonly expression: CelExpression<T> } | Refused;

export type CompiledCel = Compiled<boolean>;

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
export const compileCel = (text: string, names?: readonly string[]): CompiledCel =>
  compile(text, names, 'bool', (value) => typeof value === 'boolean');

/** As {@link compileCel}, for an expression that gives a text. */
export const compileCelText = (text: string, names?: readonly string[]): Compiled<string> =>
  compile(text, names, 'string', (value) => typeof value === 'string');

/** As {@link compileCel}, for an expression that may give anything; whole numbers come as bigint. */
export const compileCelValue = (text: string, names?: readonly string[]): Compiled<unknown> =>
  compile(text, names, undefined, (value): value is unknown => value !== undefined);

function compile<T>(
  text: string,
  names: readonly string[] | undefined,
  wanted: 'bool' | 'string' | undefined,
  isWanted: (value: unknown) => value is T,
): Compiled<T> {
  const parsed = parse(text, names, wanted);
  if (!parsed.ok) return parsed;
  const evaluate = (variables: Readonly<Record<string, unknown>>): CelResult<T> => {
    const answer = run(parsed.program, variables);
    if (!answer.ok) return answer;
    const { value } = answer;
    return isWanted(value)
      ? { ok: true, value }
      : refuse(`the expression does not give a ${wanted ?? 'value'}`);
  };
  return { ok: true, expression: { evaluate } };
}

function parse(
  text: string,
  names: readonly string[] | undefined,
  wanted: 'bool' | 'string' | undefined,
): { readonly ok: true; readonly program: ParseResult } | Refused {
  if (text.length > maxLength) return refuse(`the expression is longer than ${maxLength} characters`);
  try {
    const program = environmentOf(names).parse(text);
    const checked = names === undefined ? undefined : program.check();
    if (checked?.valid === false) return refuse(firstLine(checked.error));
    const { type = wanted } = checked ?? {};
    if (wanted !== undefined && type !== wanted && type !== 'dyn')
      return refuse(`the expression gives ${type} and not ${wanted}`);
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

function run(program: ParseResult, variables: Readonly<Record<string, unknown>>): CelResult<unknown> {
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

function refuse(message: string): Refused {
  return { ok: false, message };
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.split('\n', 1)[0] ?? message;
}
