import { utcLocation, type Location } from '#core/time/location.js';
import { ExprError } from './expr-error.js';
import type { Value } from './value.js';

/** A value that is neither plain data nor a list nor a map of JSON. */
export abstract class Special {
  /** Keeps data of the same shape from passing for one. */
  readonly isSpecial = true;
}

/** Some 270,000 years: as far as the calendar reaches. */
const farthestNs = 8_600_000_000_000_000_000_000n;

/** A moment, in nanoseconds since 1970 in UTC, and the place whose clock it is shown by. */
export class Moment extends Special {
  constructor(
    readonly epochNs: bigint,
    readonly location: Location = utcLocation,
  ) {
    super();
    if (epochNs > farthestNs || epochNs < -farthestNs) throw new ExprError('the time is out of range');
  }
}

/** A length of time in nanoseconds. */
export class Span extends Special {
  constructor(readonly ns: bigint) {
    super();
  }
}

/** A month (1 to 12) or a day of the week (0 to 6): a number with a name that is not taken for a number. */
export class NamedInt extends Special {
  constructor(
    readonly kind: 'month' | 'weekday',
    readonly number: bigint,
    readonly name: string,
  ) {
    super();
  }
}

/** A time zone as a value. */
export class Place extends Special {
  constructor(readonly location: Location) {
    super();
  }
}

/** A function that is named but not called. */
export class FunctionValue extends Special {
  constructor(readonly name: string) {
    super();
  }
}

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

/** Bytes; a list of ints in every respect but a few. */
export class Bytes extends Array<bigint> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static of64(numbers: Iterable<number>): Bytes {
    const bytes = new Bytes();
    for (const number of numbers) bytes.push(BigInt(number));
    return bytes;
  }
}

/** Whether a value can be a key of a {@link Dictionary}. */
export function isHashable(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  return value instanceof Special && !(value instanceof Dictionary) && !(value instanceof FunctionValue);
}

/** The same for equal keys of one kind. A NaN equals nothing, so each gets a place of its own. */
function hashOf(key: Value, place = -1): string {
  if (key instanceof Moment) return `time ${key.epochNs} ${key.location.name}`;
  if (key instanceof Span) return `duration ${key.ns}`;
  if (key instanceof NamedInt) return `${key.kind} ${key.number}`;
  if (key instanceof Place) return `place ${key.location.name}`;
  if (Number.isNaN(key)) return `NaN ${place}`;
  if (key !== null && typeof key === 'object') throw new TypeError('unhashable key');
  return `${typeof key} ${Object.is(key, -0) ? '0' : String(key)}`;
}
