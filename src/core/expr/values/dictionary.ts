import { FunctionValue, Moment, NamedInt, Place, SizedInt, Span, Special } from './special.js';
import { TypedList } from './typed-list.js';
import type { Value } from './value.js';

/** A map whose keys may be of any comparable kind: 1, 1.0 and "1" are three keys. */
export class Dictionary extends Special {
  readonly #entries = new Map<string, readonly [Value, Value]>();

  /**
   * @param pairs - a later pair replaces an earlier one of the same key; keys must be hashable.
   * @param missing - what a key that is not there stands for.
   */
  constructor(
    pairs: Iterable<readonly [Value, Value]>,
    readonly missing: Value,
  ) {
    super();
    for (const [key, value] of pairs) this.#entries.set(hashOf(key, this.#entries.size), [key, value]);
  }

  /** The items under their keys, in the order in which they come. */
  static grouped(pairs: Iterable<readonly [key: Value, item: Value]>, missing: Value): Dictionary {
    const groups = new Map<string, readonly [Value, Value[]]>();
    for (const [key, item] of pairs) {
      const hash = hashOf(key, groups.size);
      const group = groups.get(hash);
      if (group === undefined) groups.set(hash, [key, [item]]);
      else group[1].push(item);
    }
    return new Dictionary(groups.values(), missing);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(hashOf(key))?.[1];
  }

  entries(): readonly (readonly [Value, Value])[] {
    return [...this.#entries.values()];
  }
}

/** Whether a value can be a key of a {@link Dictionary}. */
export function isHashable(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (isPair(value)) return value.every(isHashable);
  return value instanceof Special && !(value instanceof Dictionary) && !(value instanceof FunctionValue);
}

function isPair(value: Value): value is TypedList {
  return value instanceof TypedList && value.itemKind === 'pair';
}

/** The same for equal keys of one kind. A NaN equals nothing, so each gets a place of its own. */
function hashOf(key: Value, place = -1): string {
  if (key instanceof Moment) return `time ${key.epochNs} ${key.location.name}`;
  if (key instanceof Span) return `duration ${key.ns}`;
  if (key instanceof NamedInt || key instanceof SizedInt) return `${key.kind} ${key.number}`;
  if (key instanceof Place) return `place ${key.location.name}`;
  if (Number.isNaN(key)) return `NaN ${place}`;
  if (isPair(key)) return `pair ${JSON.stringify(key.map((part) => hashOf(part)))}`;
  if (key !== null && typeof key === 'object') throw new TypeError('unhashable key');
  return `${typeof key} ${Object.is(key, -0) ? '0' : String(key)}`;
}
