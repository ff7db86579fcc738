import { isObject } from '#core/json/json.js';
import type { Value } from '../values/value.js';
import { type Answer, answerCondition, answerExpression } from './answer.js';
import { InputError } from './input-error.js';
import { readInt, readValue } from './read-value.js';

/** What is asked: an expression over an environment, or a metric's condition over a result. */
export type Request =
  | { readonly kind: 'expression'; readonly source: string; readonly env: Readonly<Record<string, Value>> }
  | { readonly kind: 'condition'; readonly source: string; readonly result: unknown };

/** Answers a request. */
export function answer(request: Request, nowMs: number): Answer {
  if (request.kind === 'condition') return answerCondition(request.source, request.result, nowMs);
  return answerExpression(request.source, request.env, nowMs);
}

/** The environment file of one expression; with a condition it is `{"result", "rt"}`. Throws InputError. */
export function readEnvironment(json: unknown, source: string, isCondition: boolean): Request {
  if (!isObject(json)) throw new InputError('the environment must be an object');
  if (isCondition) return { kind: 'condition', source, result: readResult(json['result'], json['rt']) };
  return { kind: 'expression', source, env: readNames(json) };
}

/** One line of `{"expr", "env"}` or `{"condition", "result", "rt"}`. Throws InputError. */
export function readRequest(json: unknown, isCondition: boolean): Request {
  if (!isObject(json)) throw new InputError('a line must be an object with expr and env');
  const { expr, condition, env } = json;
  const source = condition ?? expr;
  if (typeof source !== 'string') throw new InputError('expr must be a text');
  if (condition !== undefined || isCondition) {
    const holder = isObject(env) && !('result' in json) ? env : json;
    return { kind: 'condition', source, result: readResult(holder['result'], holder['rt'] ?? json['rt']) };
  }
  if (env !== undefined && env !== null && !isObject(env)) throw new InputError('env must be an object');
  return { kind: 'expression', source, env: isObject(env) ? readNames(env) : {} };
}

function readNames(json: Readonly<Record<string, unknown>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, readValue(value)]));
}

/** A result of a metric source, of the type that sources give. */
function readResult(json: unknown, type: unknown = 'json'): unknown {
  const value = json === undefined ? null : readValue(json);
  switch (type) {
    case 'json':
      return value;
    case 'nilfloat':
      return null;
    case 'float':
      return readFloat(value);
    case 'int': {
      const int = typeof value === 'bigint' ? value : readInt(json);
      if (int !== undefined) return int;
      throw new InputError(`result ${JSON.stringify(json)} is no int`);
    }
    case 'floats':
      if (value === null) return new Float64Array();
      if (Array.isArray(value)) return Float64Array.from(value, readFloat);
      throw new InputError('result must be a list of floats');
    default:
      throw new InputError(`rt ${JSON.stringify(type)}: expected json, floats, float, int or nilfloat`);
  }
}

function readFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new InputError('result must be made of floats');
}
