import type { Instant } from '#core/time/instant.js';

/** The only source of time. Real time in production, a stepped one in stories and tests. */
export interface Clock {
  now(): Instant;
  /**
   * Calls back once, at `at` or as soon after it as possible; at once (but never synchronously) when it has passed.
   * @returns a function that cancels; harmless when it has fired. A pending timer never keeps the process alive.
   */
  schedule(at: Instant, callback: () => void): () => void;
}
