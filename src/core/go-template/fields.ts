import { isMap } from '#core/expr/values/shape.js';
import { Moment, Span } from '#core/expr/values/special.js';
import { callMethod } from './methods.js';
import { TemplateError } from './template-error.js';
import { type Datum, typeName } from './value.js';

/** Whether the value is a map that lacks the key: a path ends there without a value, and without an error. */
export function lacksField(base: Datum, name: string): boolean {
  return isMap(base) && !Object.hasOwn(base, name);
}

/** `base.name` with the arguments that follow it: a key of a map (nil when it is missing), or a method of a time or duration. */
export function readField(base: Datum, name: string, args: readonly Datum[]): Datum {
  if (base === null) throw new TemplateError(`nil pointer evaluating interface {}.${name}`);
  if (base instanceof Moment || base instanceof Span) return callMethod(base, name, args);
  if (!isMap(base)) throw new TemplateError(`can't evaluate field ${name} in type ${typeName(base)}`);
  if (args.length > 0) throw new TemplateError(`${name} is not a method but has arguments`);
  return Object.hasOwn(base, name) ? (base[name] ?? null) : null;
}
