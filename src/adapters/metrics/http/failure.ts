import type { MetricOutcome } from '#ports/metric-source.js';

/** A query that did not come to a value, in words for the measurement's message. Never leaves the adapter. */
export class QueryFailure extends Error {
  override readonly name = 'QueryFailure';
}

/** Runs a query; whatever goes wrong on the way is the outcome `error`. */
export async function outcomeOf(
  query: () => Promise<MetricOutcome>,
  timeoutMs: number,
): Promise<MetricOutcome> {
  try {
    return await query();
  } catch (thrown) {
    // A source never throws for what the far side did: the run counts it as an error and tries again.
    return { kind: 'error', message: messageOf(thrown, timeoutMs) };
  }
}

function messageOf(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000}s`;
  if (thrown.name === 'AbortError') return 'the measurement was cancelled';
  // Several addresses were tried, each in vain.
  if (thrown instanceof AggregateError) return messageOf(thrown.errors[0], timeoutMs);
  const cause: unknown = thrown.cause;
  const detail = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
  return `${thrown.message}${detail}`;
}
