import { addMs, type Instant } from '#core/time/instant.js';
import type { Failure } from './snapshot.js';

/** The same pace for every service, so that one that is down is not hammered. */
const firstMs = 5000;
const slowestMs = 300_000;
/** What cannot be told within this time is no news any more. */
const patienceMs = 3_600_000;

/** A try that did not succeed, as far as the next one is concerned. */
export interface FailedTry {
  readonly at: Instant;
  readonly version: string;
  /** What the service asked for. */
  readonly retryAfterMs?: number;
  /** The service will say the same until somebody acts. */
  readonly isLasting?: boolean;
}

/** When a message is tried again: after 5 s, then twice as long each time up to 5 min; never after an hour. */
export function afterFailedTry(before: Failure | undefined, attempt: FailedTry): Failure {
  const attempts = (before?.attempts ?? 0) + 1;
  const firstAt = before?.firstAt ?? attempt.at;
  const usualMs = attempt.isLasting === true ? slowestMs / 5 : firstMs;
  const backoffMs = Math.min(usualMs * 2 ** (attempts - 1), slowestMs);
  const retryAt = addMs(attempt.at, Math.max(backoffMs, attempt.retryAfterMs ?? 0));
  return {
    attempts,
    firstAt,
    retryAt,
    kind: 'send',
    version: attempt.version,
    isFinal: retryAt > addMs(firstAt, patienceMs),
  };
}

/** A message that could not be made: it waits for another configuration. */
export function afterBadConfig(before: Failure | undefined, at: Instant, version: string): Failure {
  return {
    attempts: before?.attempts ?? 0,
    firstAt: before?.firstAt ?? at,
    retryAt: addMs(before?.firstAt ?? at, patienceMs),
    kind: 'config',
    version,
    isFinal: false,
  };
}
