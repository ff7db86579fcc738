import { ExprError } from '../expr-error.js';
import type { Value } from '../values/value.js';

const maxMemory = 1_000_000;

const maxSteps = 2_000_000;

/** What one run may use up, and what it can see of the world. */
export class Machine {
  #memory = 0;
  #steps = 0;

  /**
   * @param env - the variables.
   * @param nowMs - milliseconds since 1970 for `now()`.
   */
  constructor(
    readonly env: ReadonlyMap<string, Value>,
    readonly nowMs: number,
  ) {}

  /** To be called before that many elements are made. */
  allocate(elements: number): void {
    this.#memory += elements;
    if (this.#memory >= maxMemory) throw new ExprError('memory budget exceeded');
  }

  /** To be called for each piece of work that a source can multiply. */
  step(): void {
    this.#steps += 1;
    if (this.#steps > maxSteps) throw new ExprError('step budget exceeded');
  }
}
