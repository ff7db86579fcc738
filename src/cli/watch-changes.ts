import type { Kind } from '#api/kinds.js';
import { instantOf, type Instant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { Connection, Io } from './io.js';

const settleMs = 50;
const reconnectMs = 1000;

/**
 * Calls `look` at once and after every change of these kinds in the connection's namespace, never twice at a time,
 * until the user interrupts or `look` answers `'done'`. An instant as the answer asks for another look by then.
 */
export async function onChanges(
  connection: Connection,
  io: Io,
  watched: readonly Kind[],
  look: () => Promise<Instant | 'done' | undefined>,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, io.interrupted]);
  const wake = createWake();
  signal.addEventListener('abort', () => wake.now(), { once: true });
  const failures: unknown[] = [];
  const follow = watched.map(async (kind) =>
    followKind(connection, io, kind, signal, wake.now).catch((thrown: unknown) => {
      failures.push(thrown);
      stop.abort();
    }),
  );
  try {
    while (!signal.aborted) {
      const next = await look();
      if (next === 'done') break;
      await wake.next(io, next);
    }
  } finally {
    stop.abort();
    await Promise.all(follow);
  }
  if (failures.length > 0) throw failures[0];
}

async function followKind(
  connection: Connection,
  io: Io,
  kind: Kind,
  signal: AbortSignal,
  wake: () => void,
): Promise<void> {
  const { kube, namespace } = connection;
  while (!signal.aborted) {
    const { resourceVersion } = await kube.list(kind, { namespace, limit: 1 });
    try {
      for await (const event of kube.watch(kind, { namespace, resourceVersion, signal }))
        if (event.type !== 'BOOKMARK') wake();
    } catch (thrown) {
      // A watch may break at any time; it is opened again. What can never work (no right, no kind) ends the command.
      if (!(thrown instanceof AppError && thrown.class === 'Transient')) throw thrown;
    }
    if (!signal.aborted) await pause(io, reconnectMs);
    wake();
  }
}

function createWake(): {
  readonly now: () => void;
  readonly next: (io: Io, at: Instant | undefined) => Promise<void>;
} {
  let isDue = false;
  let resume: (() => void) | undefined;
  const now = (): void => {
    isDue = true;
    resume?.();
  };
  return {
    now,
    next: async (io, at) => {
      // Changes come in bursts: one look serves them all.
      await pause(io, settleMs);
      if (isDue) {
        isDue = false;
        return;
      }
      await new Promise<void>((resolve) => {
        const cancel = at === undefined ? undefined : io.clock.schedule(at, now);
        resume = () => {
          cancel?.();
          resolve();
        };
      });
      resume = undefined;
      isDue = false;
    },
  };
}

async function pause(io: Io, ms: number): Promise<void> {
  await new Promise<void>((resolve) => void io.clock.schedule(instantOf(io.clock.now() + ms), resolve));
}
