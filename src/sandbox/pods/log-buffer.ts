import type { Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';

/** One line of a container's output, without its line end. */
export interface LogLine {
  readonly at: Instant;
  readonly text: string;
}

const keptChars = 256 * 1024;

/** The last part of what one run of a container wrote. */
export class LogBuffer {
  readonly #clock: Clock;
  readonly #lines: LogLine[] = [];
  readonly #listeners = new Set<() => void>();
  #kept = 0;
  #dropped = 0;
  #partial = '';
  #isEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  append(chunk: string): void {
    const parts = (this.#partial + chunk).split('\n');
    this.#partial = parts.pop() ?? '';
    for (const text of parts) this.#push(text);
    if (parts.length > 0) this.#tell();
  }

  /** Nothing comes after it. */
  end(): void {
    if (this.#partial !== '') this.#push(this.#partial);
    this.#partial = '';
    this.#isEnded = true;
    this.#tell();
  }

  /** The lines from a position on, and the position after them; lines that were dropped are skipped. */
  read(from: number): { readonly lines: readonly LogLine[]; readonly next: number } {
    return {
      lines: this.#lines.slice(Math.max(0, from - this.#dropped)),
      next: this.#dropped + this.#lines.length,
    };
  }

  /** Resolves when there may be more to read, or when the signal aborts. */
  more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#listeners.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  #push(text: string): void {
    this.#lines.push({ at: this.#clock.now(), text });
    this.#kept += text.length + 1;
    while (this.#kept > keptChars) {
      this.#kept -= (this.#lines.shift()?.text.length ?? 0) + 1;
      this.#dropped++;
    }
  }

  #tell(): void {
    for (const listener of Array.from(this.#listeners)) listener();
  }
}
