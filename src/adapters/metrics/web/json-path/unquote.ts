import { ExprError } from '#core/expr/expr-error.js';
import { readString } from '#core/expr/syntax/string-literal.js';
import { QueryFailure } from '../../http/failure.js';

/** A text in quotes, double or single, with the escapes of Go. Throws QueryFailure for an escape that there is not. */
export function unquote(text: string): string {
  try {
    return readString(text, 0).value;
  } catch (thrown) {
    if (!(thrown instanceof ExprError)) throw thrown;
    throw new QueryFailure(`unquote string ${text} error invalid syntax`);
  }
}
