import type { Builtin } from '../builtins/builtin.js';
import type { Node } from './node.js';

/** The name under which a call `base.name(…)` stands among the functions, for instance `time.Now`; `undefined` when it does not. */
export function namespacedName(
  { callee }: Extract<Node, { node: 'call' }>,
  functions: Readonly<Record<string, Builtin>>,
): string | undefined {
  if (callee.node !== 'member' || callee.base.node !== 'name' || callee.property.node !== 'literal')
    return undefined;
  const name = `${callee.base.name}.${String(callee.property.value)}`;
  return Object.hasOwn(functions, name) ? name : undefined;
}
