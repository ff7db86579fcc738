import { isList, isMap } from '#core/expr/values/shape.js';
import { ExprError } from '#core/expr/expr-error.js';
import { callTimeMethod } from '#core/expr/methods/find-method.js';
import type { Moment, Span } from '#core/expr/values/special.js';
import type { Value } from '#core/expr/values/value.js';
import { TemplateError } from './template-error.js';
import { type Datum, GoFunction, typeName } from './value.js';

/** A method of a time or duration. Throws TemplateError when there is none of that name. */
export function callMethod(self: Moment | Span, name: string, args: readonly Datum[]): Datum {
  try {
    return callTimeMethod(self, name, args.map(plain));
  } catch (thrown) {
    // The methods throw nothing else for what a template does wrong.
    if (!(thrown instanceof ExprError)) throw thrown;
    throw new TemplateError(thrown.message);
  }
}

function plain(value: Datum): Value {
  if (value instanceof GoFunction || isList(value) || isMap(value)) {
    throw new TemplateError(`wrong type for value; got ${typeName(value)}`);
  }
  return value;
}
