import { SizedInt } from './special.js';
import type { Value } from './value.js';

/** What the items of a typed list are; `pair` is a key with its value, `pairs` a list of those. */
export type ItemKind = 'int' | 'uint8' | 'float64' | 'string' | 'pair' | 'pairs';

/** A list that can hold items of one kind only. Lists that its methods make can hold anything. */
export class TypedList extends Array<Value> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  itemKind: ItemKind = 'int';
}

/** A list of items of this kind. */
export function typedList(itemKind: ItemKind, items: Iterable<Value>): TypedList {
  const list = new TypedList();
  list.itemKind = itemKind;
  for (const item of items) list.push(item);
  return list;
}

/** What the items can be; `any` for most lists. */
export function itemKindOf(list: readonly Value[]): ItemKind | 'any' {
  return list instanceof TypedList ? list.itemKind : 'any';
}

/** A part of a list, which holds what the whole could hold. */
export function partOf(list: readonly Value[], from: number, to: number): readonly Value[] {
  const part = list.slice(from, to);
  const kind = itemKindOf(list);
  return kind === 'any' || kind === 'pair' ? part : typedList(kind, part);
}

const bytes: readonly SizedInt[] = Array.from({ length: 256 }, (_, i) => new SizedInt('uint8', BigInt(i)));

/** Bytes, from 0 to 255. */
export function bytesOf(numbers: Iterable<number>): TypedList {
  return typedList(
    'uint8',
    Array.from(numbers, (number) => bytes[number] ?? null),
  );
}

/** The numbers of bytes; `undefined` for anything else. */
export function readBytes(value: Value): Uint8Array | undefined {
  if (!(value instanceof TypedList) || value.itemKind !== 'uint8') return undefined;
  return Uint8Array.from(value, (item) => (item instanceof SizedInt ? Number(item.number) : 0));
}
