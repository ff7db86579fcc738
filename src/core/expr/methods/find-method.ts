import { ExprError } from '../expr-error.js';
import { type ValueType, stringType } from '../types/value-type.js';
import { formatValue } from '../values/format.js';
import { Moment, SizedInt, Span } from '../values/special.js';
import { describeValue } from '../values/type-of.js';
import type { Value } from '../values/value.js';
import type { Method } from './method.js';
import { momentMethods } from './moment-methods.js';
import { spanMethods } from './span-methods.js';

/** The method of values of this type by Go's name; `undefined` when there is none. */
export function findMethod(kind: ValueType['kind'], name: string): Method | undefined {
  const methods = methodsOf[kind];
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

/**
 * A method as a template calls it: ints may stand for durations, and months and days of the week are their names.
 * Throws ExprError for an unknown name or wrong arguments.
 */
export function callTimeMethod(
  self: Moment | Span,
  name: string,
  args: readonly Value[],
): number | bigint | boolean | string | Moment | Span {
  const method = findMethod(self instanceof Moment ? 'time' : 'duration', name);
  if (method === undefined) throw new ExprError(`type ${describeValue(self)} has no method ${name}`);
  const given = args.map((arg, i) =>
    method.params[i] === 'duration' && typeof arg === 'bigint' ? new Span(arg) : arg,
  );
  const result = method.run(self, given);
  const value = result instanceof SizedInt ? result.number : result;
  if (value instanceof Moment || value instanceof Span || typeof value === 'string') return value;
  const isPlain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  return isPlain ? value : formatValue(value);
}

const nameMethods: Readonly<Record<string, Method>> = {
  String: { params: [], result: stringType, run: (self) => formatValue(self) },
};

const methodsOf: Partial<Readonly<Record<ValueType['kind'], Readonly<Record<string, Method>>>>> = {
  time: momentMethods,
  duration: spanMethods,
  month: nameMethods,
  weekday: nameMethods,
  location: nameMethods,
};
