import { addMs, earliest, type Instant } from '#core/time/instant.js';
import { crashBackoffMs } from '../crash-backoff.js';
import type { ContainerState, ContainerTerminated } from '../pod-runtime.js';
import type { PodScript } from './script.js';

/** A scripted container at one moment. */
export interface Played {
  readonly state: ContainerState;
  readonly lastState?: ContainerTerminated;
  readonly restartCount: number;
  readonly isReady: boolean;
  /** Somebody listens: it runs and was ready once. */
  readonly isServing: boolean;
  readonly changesAt?: Instant;
}

const defaultReadyMs = 1_000;

/** How a container with this script is at `now`, when its pod was put on the node at `since`. Pure. */
export function playScript(script: PodScript, since: Instant, now: Instant): Played {
  if (script.isImageMissing === true) return waiting('ImagePullBackOff', undefined);
  const firstStart = addMs(since, script.startAfterMs ?? 0);
  if (now < firstStart) return waiting('ContainerCreating', firstStart);
  if (script.crashAfterMs !== undefined) return playCrashes(script, script.crashAfterMs, firstStart, now);
  if (script.completesAfterMs !== undefined) {
    const finishedAt = addMs(firstStart, script.completesAfterMs);
    if (now >= finishedAt) {
      const state = ended(script.exitCode ?? 0, firstStart, finishedAt);
      return { state, restartCount: 0, isReady: false, isServing: false };
    }
    return running(script, firstStart, now, { restartCount: 0, until: finishedAt });
  }
  return running(script, firstStart, now, { restartCount: 0 });
}

function playCrashes(script: PodScript, crashAfterMs: number, firstStart: Instant, now: Instant): Played {
  let startedAt = firstStart;
  let last: { readonly lastState?: ContainerTerminated } = {};
  for (let restartCount = 0; ; restartCount++) {
    const crashedAt = addMs(startedAt, crashAfterMs);
    if (now < crashedAt)
      return { ...running(script, startedAt, now, { restartCount, until: crashedAt }), ...last };
    last = { lastState: ended(1, startedAt, crashedAt) };
    const restartsAt = addMs(crashedAt, crashBackoffMs(restartCount));
    if (now < restartsAt) {
      return {
        state: {
          kind: 'waiting',
          reason: 'CrashLoopBackOff',
          message: 'back-off restarting failed container',
        },
        ...last,
        restartCount,
        isReady: false,
        isServing: false,
        changesAt: restartsAt,
      };
    }
    startedAt = restartsAt;
  }
}

function running(
  script: PodScript,
  startedAt: Instant,
  now: Instant,
  run: { readonly restartCount: number; readonly until?: Instant },
): Played {
  const { readyAfterMs = defaultReadyMs, unreadyAfterMs } = script;
  const readyAt = readyAfterMs === 'never' ? undefined : addMs(startedAt, readyAfterMs);
  const unreadyAt = unreadyAfterMs === undefined ? undefined : addMs(startedAt, unreadyAfterMs);
  const isReady = readyAt !== undefined && now >= readyAt && (unreadyAt === undefined || now < unreadyAt);
  const changesAt = [readyAt, unreadyAt, run.until]
    .filter((at) => at !== undefined && at > now)
    .reduce(earliest, undefined);
  return {
    state: { kind: 'running', startedAt },
    restartCount: run.restartCount,
    isReady,
    isServing: readyAt !== undefined && now >= readyAt,
    ...(changesAt === undefined ? {} : { changesAt }),
  };
}

function waiting(reason: string, changesAt: Instant | undefined): Played {
  return {
    state: { kind: 'waiting', reason },
    restartCount: 0,
    isReady: false,
    isServing: false,
    ...(changesAt === undefined ? {} : { changesAt }),
  };
}

function ended(exitCode: number, startedAt: Instant, finishedAt: Instant): ContainerTerminated {
  return { kind: 'terminated', exitCode, startedAt, finishedAt };
}
