import type { SourceOutcome } from '#core/analysis/judge/judge.js';
import { instantOf, type Instant } from '#core/time/instant.js';
import type { Look } from './look.js';
import { bestRatio } from './report/ratio.js';
import { reportOf } from './report/report.js';
import { sentenceOf } from './report/words.js';
import type { ComparisonState } from './state.js';

/** The pace at which a source that failed is asked again, as long as its metric tolerates errors. */
const retryAfterErrorMs = 10_000;

/** Failed when worse, Successful when good enough, else it goes on until its time is over. */
export function concludeLook(state: ComparisonState, look: Look, intervalMs: number): SourceOutcome {
  const { settings, now } = look;
  const metadata = reportOf(state, look, intervalMs);
  const message = sentenceOf(state, look, intervalMs);
  const ratio = bestRatio(state, settings);
  const judged = (phase: 'Successful' | 'Failed' | 'Inconclusive', said = message): SourceOutcome => ({
    kind: 'judged',
    phase,
    message: said,
    metadata,
    ...(ratio === undefined ? {} : { value: ratio.toFixed(4) }),
  });
  if (state.decided !== undefined) return judged(state.decided === 'worse' ? 'Failed' : 'Successful');
  if (now - state.startedAt < settings.maxDurationMs) {
    return { kind: 'running', resumeAt: afterWholeSeconds(now, intervalMs), metadata };
  }
  const phase = settings.onUndecided === 'successful' ? 'Successful' : 'Inconclusive';
  return judged(phase, `undecided when its time was over: ${message}`);
}

/** A source gave no numbers: asked again soon, until more intervals in a row failed than the metric tolerates. */
export function concludeError(
  before: ComparisonState,
  message: string,
  { look, intervalMs, limit }: { readonly look: Look; readonly intervalMs: number; readonly limit: number },
): SourceOutcome {
  const state = { ...before, errors: before.errors + 1 };
  const metadata = { ...reportOf(state, look, intervalMs), trouble: message };
  if (state.errors > limit) return { kind: 'error', message, metadata };
  return { kind: 'running', resumeAt: afterWholeSeconds(look.now, retryAfterErrorMs), metadata };
}

/** The run ends for another reason: what is not proven worse is not held against the release. */
export function concludeEarly(state: ComparisonState, look: Look, intervalMs: number): SourceOutcome {
  const phase = state.decided === 'worse' ? 'Failed' : 'Successful';
  return { kind: 'judged', phase, metadata: reportOf(state, look, intervalMs) };
}

/** Times are stored in whole seconds: rounded up, so that no part of an interval is counted twice. */
function afterWholeSeconds(now: Instant, ms: number): Instant {
  return instantOf(Math.ceil((now + ms) / 1000) * 1000);
}
