import { type Location, utcLocation } from '#core/time/location.js';
import { ExprError } from '../expr-error.js';

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

/** An int of another size than that of the language: a byte, or what methods and conversions give. */
export class SizedInt extends Special {
  constructor(
    readonly kind: 'int64' | 'uint8',
    readonly number: bigint,
  ) {
    super();
  }
}

/** An int of 64 bits that is not that of the language. */
export function int64(number: bigint): SizedInt {
  return new SizedInt('int64', number);
}
