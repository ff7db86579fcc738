import { addMs, type Instant } from './instant.js';

/** A rate limit: `ratePerSecond` on average, `burst` at once. A value; every use gives the next one. */
export interface TokenBucket {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly tokens: number;
  readonly at: Instant;
}

/** A full bucket. */
export function createTokenBucket(ratePerSecond: number, burst: number, now: Instant): TokenBucket {
  return { ratePerSecond, burst, tokens: burst, at: now };
}

/**
 * Takes one token, on credit when there is none.
 * @returns the bucket afterwards and the moment from which the taker may go; `now` when a token was there.
 */
export function takeToken(
  bucket: TokenBucket,
  now: Instant,
): { readonly bucket: TokenBucket; readonly goAt: Instant } {
  const elapsedMs = Math.max(0, now - bucket.at);
  const filled = Math.min(bucket.burst, bucket.tokens + (elapsedMs * bucket.ratePerSecond) / 1000);
  const tokens = filled - 1;
  const goAt = tokens >= 0 ? now : addMs(now, (-tokens * 1000) / bucket.ratePerSecond);
  return { bucket: { ...bucket, tokens, at: now }, goAt };
}
