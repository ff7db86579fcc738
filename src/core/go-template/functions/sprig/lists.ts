import { makeMap } from '#core/expr/values/plain.js';
import { isList, isMap } from '#core/expr/values/shape.js';
import { TemplateError } from '../../template-error.js';
import { type Datum, type DatumMap, formatDatum, isTrue, sortedKeys } from '../../value.js';
import { type FunctionTable, intAt, listAt, mapAt, textAt } from '../argument.js';

function isEqual(a: Datum, b: Datum): boolean {
  return typeof a === typeof b && formatDatum(a) === formatDatum(b);
}

function unique(list: readonly Datum[]): readonly Datum[] {
  return list.filter((item, i) => list.findIndex((other) => isEqual(item, other)) === i);
}

function merged(maps: readonly DatumMap[]): DatumMap {
  const [first = makeMap([]), ...others] = maps;
  return others.reduce((into, from) => {
    const entries = Object.entries(from).map(([key, value]): [string, Datum] => {
      const known = into[key] ?? null;
      return [key, isMap(known) && isMap(value) ? merged([known, value]) : isTrue(known) ? known : value];
    });
    return makeMap([...Object.entries(into), ...entries]);
  }, first);
}

function dig(args: readonly Datum[]): Datum {
  const names = args.slice(0, -2);
  const fallback = args.at(-2) ?? null;
  let value: Datum = args.at(-1) ?? null;
  for (const name of names) {
    if (!isMap(value) || typeof name !== 'string' || !Object.hasOwn(value, name)) return fallback;
    value = value[name] ?? null;
  }
  return value;
}

function range(from: number, to: number, step: number): readonly Datum[] {
  const list: Datum[] = [];
  if (step === 0) return list;
  for (let at = from; step > 0 ? at < to : at > to; at += step) {
    list.push(BigInt(at));
    if (list.length > 100_000) throw new TemplateError('the list is too long');
  }
  return list;
}

/** Sprig's functions on lists. */
export const listFunctions: FunctionTable = {
  list: (args) => args,
  tuple: (args) => args,
  first: (args) => listAt(args, 0)[0] ?? null,
  last: (args) => listAt(args, 0).at(-1) ?? null,
  rest: (args) => listAt(args, 0).slice(1),
  initial: (args) => listAt(args, 0).slice(0, -1),
  append: (args) => [...listAt(args, 0), args[1] ?? null],
  push: (args) => [...listAt(args, 0), args[1] ?? null],
  prepend: (args) => [args[1] ?? null, ...listAt(args, 0)],
  concat: (args) => args.flatMap((_, i) => listAt(args, i)),
  reverse: (args) => [...listAt(args, 0)].reverse(),
  uniq: (args) => unique(listAt(args, 0)),
  compact: (args) => listAt(args, 0).filter(isTrue),
  without: (args) => listAt(args, 0).filter((item) => !args.slice(1).some((other) => isEqual(item, other))),
  has: (args) =>
    (isList(args[1] ?? null) ? listAt(args, 1) : []).some((item) => isEqual(item, args[0] ?? null)),
  chunk: (args) => {
    const [size, list] = [Math.max(1, intAt(args, 0)), listAt(args, 1)];
    return range(0, list.length, size).map((from) => list.slice(Number(from), Number(from) + size));
  },
  until: (args) => range(0, intAt(args, 0), intAt(args, 0) < 0 ? -1 : 1),
  untilStep: (args) => range(intAt(args, 0), intAt(args, 1), intAt(args, 2)),
};

/** Sprig's functions on maps. A map is never changed: `set` and `unset` give a new one. */
export const mapFunctions: FunctionTable = {
  dict: (args) =>
    makeMap(
      args.flatMap((key, i): (readonly [string, Datum])[] =>
        i % 2 === 0 ? [[typeof key === 'string' ? key : formatDatum(key), args[i + 1] ?? '']] : [],
      ),
    ),
  get: (args) => {
    const [map, key] = [mapAt(args, 0), textAt(args, 1)];
    return Object.hasOwn(map, key) ? (map[key] ?? null) : '';
  },
  set: (args) => makeMap([...Object.entries(mapAt(args, 0)), [textAt(args, 1), args[2] ?? null]]),
  unset: (args) => makeMap(Object.entries(mapAt(args, 0)).filter(([key]) => key !== textAt(args, 1))),
  hasKey: (args) => Object.hasOwn(mapAt(args, 0), textAt(args, 1)),
  keys: (args) => args.flatMap((_, i) => sortedKeys(mapAt(args, i))),
  values: (args) => sortedKeys(mapAt(args, 0)).map((key) => mapAt(args, 0)[key] ?? null),
  pluck: (args) =>
    args.slice(1).flatMap((map) => {
      const key = textAt(args, 0);
      return isMap(map) && Object.hasOwn(map, key) ? [map[key] ?? null] : [];
    }),
  pick: (args) => makeMap(Object.entries(mapAt(args, 0)).filter(([key]) => args.slice(1).includes(key))),
  omit: (args) => makeMap(Object.entries(mapAt(args, 0)).filter(([key]) => !args.slice(1).includes(key))),
  merge: (args) => merged(args.map((_, i) => mapAt(args, i))),
  mergeOverwrite: (args) => merged(args.map((_, i) => mapAt(args, i)).reverse()),
  deepCopy: ([value = null]) => value,
  dig,
};
