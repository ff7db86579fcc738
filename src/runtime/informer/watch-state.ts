import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { AppError } from '#ports/errors.js';
import type { ObjectList, WatchEvent } from '#ports/kube.js';

/** Where a watch cache stands with its API server. */
export type WatchState =
  /** Pages are on their way. What was known before stays readable until the last page has come. */
  | { readonly phase: 'listing'; readonly failures: number }
  /** A stream is open from `version` on; it is cut at `deadline` if it has been silent until then. */
  | {
      readonly phase: 'watching';
      readonly version: string;
      readonly since: Instant;
      readonly deadline: Instant;
      readonly failures: number;
    }
  /** After a failure; then a new watch from `version`, or a new list when there is none. */
  | {
      readonly phase: 'waiting';
      readonly version?: string;
      readonly until: Instant;
      readonly failures: number;
    }
  /** The API server does not serve the kind; its cache is empty and in sync. */
  | { readonly phase: 'absent' }
  | { readonly phase: 'stopped' };

export type WatchInput =
  | { readonly type: 'page'; readonly page: ObjectList }
  | { readonly type: 'event'; readonly event: WatchEvent }
  /** The server ended the stream, as it does after timeoutSeconds. */
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly error: AppError }
  /** The moment of a wait or of a deadline has come. */
  | { readonly type: 'due' }
  /** The kind may be served by now. */
  | { readonly type: 'retry' }
  | { readonly type: 'stop' };

export type WatchEffect =
  | { readonly do: 'list'; readonly continue?: string }
  | { readonly do: 'watch'; readonly version: string; readonly timeoutSeconds: number }
  /** Ends the stream that is open. */
  | { readonly do: 'cut' }
  /** The first page is about to be stored: what no page of this list holds is gone at its end. */
  | { readonly do: 'beginList' }
  | { readonly do: 'store'; readonly objects: readonly UnknownObject[] }
  | { readonly do: 'endList'; readonly version: string }
  | { readonly do: 'apply'; readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: UnknownObject }
  /** Everything up to this version has been delivered. */
  | { readonly do: 'progress'; readonly version: string }
  | { readonly do: 'clear' };

export interface WatchStep {
  readonly state: WatchState;
  readonly effects: readonly WatchEffect[];
}

/** What a step may know beside its input. */
export interface StepContext {
  readonly now: Instant;
  /** Between 0 and 1, for jitter. */
  readonly random: number;
  /** A kind that is not served is a state, not a failure. */
  readonly optional: boolean;
}

/** Asked of the server; jitter spreads the reconnects of many watches. */
const shortestWatchSeconds = 270;
const watchSpreadSeconds = 40;
/** A stream that outlives its own timeout by this much is dead, whatever TCP says. */
const deadlineMarginMs = 5000;
/** A stream that ends sooner than this has failed: reopening it at once would be a storm. */
const shortestLifeMs = 1000;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;
/**
 * A kind that must be served and is still not after so many looks (half a minute) is looked for when its definition
 * comes, and otherwise only this often.
 */
const missingLooks = 6;
const missingWaitMs = 600_000;

/** The state and effects of a watch cache that has not been started yet. */
export function beginWatch(): WatchStep {
  return { state: { phase: 'listing', failures: 0 }, effects: [{ do: 'beginList' }, { do: 'list' }] };
}

/** The next state. An input that does not belong to the state (a late page, a timer of before) changes nothing. */
export function stepWatch(state: WatchState, input: WatchInput, context: StepContext): WatchStep {
  if (input.type === 'stop') return { state: { phase: 'stopped' }, effects: [{ do: 'cut' }] };
  switch (state.phase) {
    case 'listing':
      return stepListing(state, input, context);
    case 'watching':
      return stepWatching(state, input, context);
    case 'waiting':
      if (input.type === 'retry' && state.version === undefined) return relist(0);
      if (input.type !== 'due') return stay(state);
      return state.version === undefined
        ? relist(state.failures)
        : openWatch(state.version, state.failures, context);
    case 'absent':
      return input.type === 'retry' ? relist(0) : stay(state);
    case 'stopped':
      return stay(state);
  }
}

function stepListing(
  state: WatchState & { readonly phase: 'listing' },
  input: WatchInput,
  context: StepContext,
): WatchStep {
  if (input.type === 'failed') return recover(input.error, undefined, state.failures, context);
  if (input.type !== 'page') return stay(state);
  const { page } = input;
  const stored: WatchEffect = { do: 'store', objects: page.items };
  if (page.continue !== undefined) {
    return { state, effects: [stored, { do: 'list', continue: page.continue }] };
  }
  const next = openWatch(page.resourceVersion, state.failures, context);
  const ended: WatchEffect = { do: 'endList', version: page.resourceVersion };
  return { state: next.state, effects: [stored, ended, ...next.effects] };
}

function stepWatching(
  state: WatchState & { readonly phase: 'watching' },
  input: WatchInput,
  context: StepContext,
): WatchStep {
  switch (input.type) {
    case 'event':
      return stepEvent(state, input.event, context);
    case 'ended':
      return context.now - state.since < shortestLifeMs
        ? wait(state.version, state.failures, context)
        : openWatch(state.version, 0, context);
    case 'failed':
      return recover(input.error, state.version, state.failures, context);
    case 'due': {
      const next = openWatch(state.version, state.failures, context);
      return { state: next.state, effects: [{ do: 'cut' }, ...next.effects] };
    }
    default:
      return stay(state);
  }
}

function stepEvent(
  state: WatchState & { readonly phase: 'watching' },
  event: WatchEvent,
  context: StepContext,
): WatchStep {
  switch (event.type) {
    case 'BOOKMARK': {
      const version = event.resourceVersion || state.version;
      return { state: { ...state, version, failures: 0 }, effects: [{ do: 'progress', version }] };
    }
    case 'ERROR': {
      const effects: readonly WatchEffect[] = [{ do: 'cut' }];
      if (event.code === 410) {
        const next = startOver(state.failures, context);
        return { state: next.state, effects: [...effects, ...next.effects] };
      }
      const next = wait(state.version, state.failures, context);
      return { state: next.state, effects };
    }
    default: {
      const version = event.object.metadata.resourceVersion ?? state.version;
      const applied: WatchEffect = { do: 'apply', type: event.type, object: event.object };
      return { state: { ...state, version, failures: 0 }, effects: [applied] };
    }
  }
}

function recover(
  error: AppError,
  version: string | undefined,
  failures: number,
  context: StepContext,
): WatchStep {
  if (error.code === 'KubeGone') return startOver(failures, context);
  if (error.class === 'Missing' && context.optional) {
    return { state: { phase: 'absent' }, effects: [{ do: 'clear' }] };
  }
  if (error.code === 'KubeNoSuchKind' && failures >= missingLooks) {
    return wait(undefined, failures, context, missingWaitMs);
  }
  // A kind that has gone must be listed again when it is back.
  return wait(error.class === 'Missing' ? undefined : version, failures, context, error.retryAfterMs);
}

function openWatch(version: string, failures: number, context: StepContext): WatchStep {
  const timeoutSeconds = Math.round(shortestWatchSeconds + context.random * watchSpreadSeconds);
  const deadline = addMs(context.now, timeoutSeconds * 1000 + deadlineMarginMs);
  return {
    state: { phase: 'watching', version, since: context.now, deadline, failures },
    effects: [{ do: 'watch', version, timeoutSeconds }],
  };
}

/** The version is too old: lists anew, at once the first time and after a wait when that comes twice in a row. */
function startOver(failures: number, context: StepContext): WatchStep {
  return failures === 0 ? relist(1) : wait(undefined, failures, context);
}

function relist(failures: number): WatchStep {
  return { state: { phase: 'listing', failures }, effects: [{ do: 'beginList' }, { do: 'list' }] };
}

function wait(version: string | undefined, failures: number, context: StepContext, atLeastMs = 0): WatchStep {
  const ceilingMs = Math.min(firstBackoffMs * 2 ** failures, longestBackoffMs);
  const delayMs = Math.max(atLeastMs, ceilingMs / 2) + (context.random * ceilingMs) / 2;
  const until = addMs(context.now, delayMs);
  const from = version === undefined ? {} : { version };
  return { state: { phase: 'waiting', until, failures: failures + 1, ...from }, effects: [] };
}

function stay(state: WatchState): WatchStep {
  return { state, effects: [] };
}
