import type { Artifact } from '#api/flux/common.js';
import type { SourceObject } from '#api/flux/source.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { EventRecord, Wait } from '#core/decision/decision.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { spreadInterval } from '../interval.js';
import type { SourceProblem } from './source-run.js';
import { hasFailed, markFailed, type SourceDraft } from './source-status.js';

/** How a run ended: what is said, and when the next begins. */
export interface SourceEnd {
  readonly draft: SourceDraft;
  readonly because: string;
  readonly events: readonly EventRecord[];
  readonly waitingFor: readonly Wait[];
  readonly last: { readonly failures: number; readonly nextAt?: Instant };
}

interface Ending {
  readonly now: Instant;
  readonly object: SourceObject;
  readonly memory: { readonly last?: { readonly failures: number } };
  readonly settings: { readonly intervalJitterPercent: number; readonly dependencyMs: number };
}

/** Shortest time between two runs that fail, and the longest. */
const retryMinMs = 750;
const retryMaxMs = 15 * 60_000;

/** The run ended well; after a failure an event says that it is over, unless a new artifact says so. */
export function finish(
  { now, object, settings }: Ending,
  draft: SourceDraft,
  events: readonly EventRecord[],
  message: string,
): SourceEnd {
  const interval = parseGoDuration(object.spec.interval) ?? 60_000;
  const spread = spreadInterval(interval, settings.intervalJitterPercent, object.metadata.uid);
  const isRecovery = events.length === 0 && hasFailed(object.status ?? {});
  const { artifact } = draft.status;
  const metadata = artifact === undefined ? {} : metadataOf(artifact);
  const recovery: EventRecord = { type: 'Normal', reason: reasons.succeeded, message, metadata };
  return {
    draft,
    because: `has ${artifact?.revision ?? 'nothing'} in store`,
    events: isRecovery ? [recovery] : events,
    waitingFor: [],
    last: { failures: 0, nextAt: addMs(now, spread) },
  };
}

/** The run failed: it begins again later, or not at all until the spec changes. */
export function fail(
  { now, memory, settings }: Ending,
  draft: SourceDraft,
  problem: SourceProblem,
  remote: string,
): SourceEnd {
  const { message, reason, isStalling, isWaiting = false } = problem;
  const failures = (memory.last?.failures ?? 0) + (isWaiting ? 0 : 1);
  const delay = isWaiting ? settings.dependencyMs : retryDelayMs(failures);
  const timer = isStalling ? {} : { nextAt: addMs(now, delay) };
  const wait: Wait = {
    what: message,
    unblockedBy: isStalling ? "the user's manifest" : remote,
    ...(timer.nextAt === undefined ? {} : { until: timer.nextAt }),
  };
  const told: EventRecord = { type: 'Warning', reason, message };
  return {
    draft: markFailed(draft, problem),
    because: message,
    events: [isWaiting ? { ...told, type: 'Normal', isTrace: true } : told],
    waitingFor: [wait],
    last: { failures, ...timer },
  };
}

/** What events of an artifact carry for those who are notified. */
export function metadataOf({
  revision,
  digest,
}: Pick<Artifact, 'revision' | 'digest'>): Readonly<Record<string, string>> {
  return { revision, ...(digest === undefined ? {} : { digest }) };
}

/** How long after a run that failed for the n-th time in a row the next begins. */
function retryDelayMs(failures: number): number {
  return Math.min(retryMaxMs, retryMinMs * 2 ** Math.max(0, failures - 1));
}
