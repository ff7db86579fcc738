import type { Kind } from '#api/kinds.js';
import { addMs, earliest, type Instant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { Connection, Io } from './io.js';

const settleMs = 50;
const reconnectMs = 1000;
/** An API server that is away for longer ends the command. */
const patienceMs = 60_000;

interface Looking {
  /** Looks again after every change of these kinds. */
  readonly watched: readonly Kind[];
  /** Of every namespace; default that of the connection. */
  readonly isEverywhere?: boolean;
  /** Looks at the cluster. An instant as the answer asks for another look by then. */
  readonly look: () => Promise<Instant | 'done' | undefined>;
  /** When an API server that is away is no longer waited for; default a minute after it went away. */
  readonly deadline?: Instant | undefined;
}

/**
 * Calls `look` at once and after every change, never twice at a time, until the user interrupts or it answers `'done'`.
 * Once a look has succeeded an API server that is away for a while is waited for.
 */
export async function onChanges(connection: Connection, io: Io, looking: Looking): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, io.interrupted]);
  const wake = createWake(io, signal);
  const failures: unknown[] = [];
  const where = looking.isEverywhere === true ? { kube: connection.kube } : connection;
  const follow = looking.watched.map(async (kind) =>
    followKind(where, io, kind, signal, wake.now).catch((thrown: unknown) => {
      failures.push(thrown);
      stop.abort();
    }),
  );
  const look = patiently(io, looking);
  try {
    while (!signal.aborted) {
      const next = await look();
      if (next === 'done') break;
      await wake.next(next);
    }
  } finally {
    stop.abort();
    await Promise.all(follow);
  }
  if (failures.length > 0) throw failures[0];
}

function patiently(io: Io, { look, deadline }: Looking): Looking['look'] {
  let hasLooked = false;
  let awaySince: Instant | undefined;
  return async () => {
    try {
      const next = await look();
      hasLooked = true;
      awaySince = undefined;
      return next;
    } catch (thrown) {
      // The API server may restart while somebody follows a release; only what lasts is an error.
      if (!hasLooked || !isTransient(thrown)) throw thrown;
      const now = io.clock.now();
      if (awaySince === undefined) io.err.write(`${thrown.message}; trying again\n`);
      awaySince ??= now;
      const end = earliest(addMs(awaySince, patienceMs), deadline);
      if (end !== undefined && now >= end) throw thrown;
      return addMs(now, reconnectMs);
    }
  };
}

async function followKind(
  where: Pick<Connection, 'kube'> & { readonly namespace?: string },
  io: Io,
  kind: Kind,
  signal: AbortSignal,
  wake: () => void,
): Promise<void> {
  const { kube, namespace } = where;
  const inNamespace = namespace === undefined ? {} : { namespace };
  while (!signal.aborted) {
    try {
      const { resourceVersion } = await kube.list(kind, { ...inNamespace, limit: 1 });
      // What changed between the last look and this version is in no watch.
      wake();
      for await (const event of kube.watch(kind, { ...inNamespace, resourceVersion, signal }))
        if (event.type !== 'BOOKMARK') wake();
    } catch (thrown) {
      // A watch may break at any time; it is opened again. What can never work (no right, no kind) ends the command.
      if (!isTransient(thrown)) throw thrown;
    }
    if (!signal.aborted) await pause(io, reconnectMs, signal);
    wake();
  }
}

function isTransient(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && thrown.class === 'Transient';
}

interface Wake {
  readonly now: () => void;
  /** Until something changed, or that moment; changes come in bursts, so one look serves all of some milliseconds. */
  readonly next: (at: Instant | undefined) => Promise<void>;
}

function createWake(io: Io, signal: AbortSignal): Wake {
  let isDue = false;
  let resume: (() => void) | undefined;
  const now = (): void => {
    isDue = true;
    resume?.();
  };
  signal.addEventListener('abort', now, { once: true });
  return {
    now,
    next: async (at) => {
      await pause(io, settleMs, signal);
      if (!isDue) {
        await new Promise<void>((resolve) => {
          const cancel = at === undefined ? undefined : io.clock.schedule(at, now);
          resume = () => {
            cancel?.();
            resolve();
          };
        });
      }
      resume = undefined;
      isDue = false;
    },
  };
}

async function pause(io: Io, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = io.clock.schedule(addMs(io.clock.now(), ms), end);
    signal.addEventListener('abort', end, { once: true });
  });
}
