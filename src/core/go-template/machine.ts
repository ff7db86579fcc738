import { TemplateError } from './template-error.js';

const maxSteps = 200_000;
const maxChars = 1_000_000;

/** What one run may use up, and what functions see of the world. */
export class Machine {
  #steps = 0;
  #chars = 0;

  /** @param nowMs - milliseconds since 1970 for `now`. */
  constructor(readonly nowMs: number) {}

  /** To be called for each piece of work that a template can multiply. */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > maxSteps) throw new TemplateError('the template takes too many steps');
  }

  /** To be called before that many characters or items are made. */
  allocate(count: number): void {
    this.#chars += count;
    if (this.#chars > maxChars) throw new TemplateError('the output of the template is too long');
  }
}
