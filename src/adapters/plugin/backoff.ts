const firstMs = 1000;
const mostMs = 60_000;

/** How long to leave a plugin alone after failures in a row: not at all after the first, then 1 s, 2 s, 4 s … 60 s. */
export class Backoff {
  #failures = 0;
  #until = 0;
  #reason = '';

  /** Why nothing may be tried at this moment; `undefined` when it may. */
  refusal(nowMs: number): string | undefined {
    // Without the moment: what is told again and again must not differ each time.
    return nowMs < this.#until ? `it is left alone for a while after failing: ${this.#reason}` : undefined;
  }

  failed(nowMs: number, reason: string): void {
    const waitMs = this.#failures === 0 ? 0 : Math.min(firstMs * 2 ** (this.#failures - 1), mostMs);
    this.#failures += 1;
    this.#until = nowMs + waitMs;
    this.#reason = reason;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}
