import { builtins } from '../builtins/index.js';
import { predicateRules, type Apply } from '../builtins/predicates.js';
import { ExprError } from '../expr-error.js';
import { ownFunction, type Of } from '../types/scope.js';
import { Dictionary } from '../values/dictionary.js';
import { FunctionValue } from '../values/special.js';
import { bytesOf } from '../values/typed-list.js';
import { describeValue } from '../values/type-of.js';
import { utf8 } from '../values/utf8.js';
import { type Value } from '../values/value.js';
import type { Compiler, Frame, Run } from './frame.js';
import { isList, isMap } from '../values/shape.js';

/** A function of the host or of the language by its name. */
export function compileFunction(tree: Of<'function'>, compiler: Compiler): Run {
  const { name } = tree;
  const own = tree.builtinOnly ? undefined : ownFunction(compiler.functions, name);
  if (own === undefined && predicateRules.has(name)) return compilePredicateCall(tree, compiler);
  const builtin = own ?? ownFunction(builtins, name);
  if (builtin === undefined) return () => refuseCall(name);
  const args = tree.args.map((arg) => compiler.compile(arg));
  return (frame) => {
    frame.machine.step();
    return builtin.run(
      args.map((arg) => arg(frame)),
      frame.machine,
    );
  };
}

/** A variable of an unknown type was called, and no value is a function. */
function refuseCall(name: string): never {
  throw new ExprError(`cannot call ${name}: it is no function`);
}

function compilePredicateCall(tree: Of<'function'>, compiler: Compiler): Run {
  const { name, mapped, mustFind, enough } = tree;
  const rule = predicateRules.get(name);
  const [list, predicate, ...extra] = tree.args.map((arg) => compiler.compile(arg));
  const change = mapped === undefined ? undefined : compiler.compile(mapped);
  if (rule === undefined || list === undefined) {
    throw new ExprError(`not enough arguments to call ${name}`, tree.at);
  }
  return (frame) => {
    const items = itemsOf(list(frame), name);
    const apply: Apply = (item, index, acc) => {
      frame.machine.step();
      return predicate === undefined ? reached(item) : predicate(within(frame, item, index, acc));
    };
    return rule.run(items, apply, {
      machine: frame.machine,
      extra: extra.map((arg) => arg(frame)),
      change: (item, index) =>
        change === undefined ? reached(item) : change(within(frame, item, index, undefined)),
      mustFind: mustFind === true,
      enough,
    });
  };
}

/** What a predicate runs over: a list, the bytes of a text, or as many things as a map has entries. */
function itemsOf(value: Value, name: string): readonly Value[] {
  if (isList(value)) return value;
  if (typeof value === 'string') return bytesOf(utf8(value));
  const size =
    value instanceof Dictionary ? value.size : isMap(value) ? Object.keys(value).length : undefined;
  if (size !== undefined) return Array.from({ length: size }, () => unreachable);
  throw new ExprError(`builtin ${name} takes only array (got ${describeValue(value)})`);
}

/** A map has a size but no items that could be asked for. */
const unreachable = new FunctionValue('item of a map');

/** An item that is really there. Throws ExprError for one of a map. */
export function reached(item: Value): Value {
  if (item !== unreachable) return item;
  throw new ExprError('reflect: call of reflect.Value.Index on map Value');
}

function within(frame: Frame, item: Value, index: number, acc: Value | undefined): Frame {
  const { machine, locals } = frame;
  return acc === undefined ? { machine, locals, item, index } : { machine, locals, item, index, acc };
}
