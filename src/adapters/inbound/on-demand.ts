import { toAppError } from '#ports/errors.js';
import type { InboundHandler } from '#ports/inbound.js';
import type { Log } from '#ports/log.js';
import { type InboundPlace, type InboundServer, serveInbound } from './server.js';

/** A server that listens from the moment it is first wanted until it is closed. */
export interface OnDemandServer {
  /** Begins to listen, if it does not yet. A port that is taken is said in the log and tried again. */
  want(): void;
  /** The port; `undefined` while nobody wanted it. */
  port(): number | undefined;
  /** Resolves when it listens, or does not and why was said. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface OnDemandOptions {
  /** What it is called in the log. */
  readonly name: string;
  readonly place: InboundPlace;
  readonly handle: InboundHandler;
  readonly log: Log;
}

/** How soon a port that was taken is tried again. */
const retryMs = 10_000;

/** Nothing listens until `want` is called. */
export function createOnDemandServer({ name, place, handle, log }: OnDemandOptions): OnDemandServer {
  let server: InboundServer | undefined;
  let opening: Promise<void> | undefined;
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;
  const open = async (): Promise<void> => {
    try {
      server = await serveInbound(place, handle, log);
      log.info('listening', { server: name, port: server.port });
      if (isClosed) await server.close();
    } catch (thrown) {
      // The process has other work to do meanwhile.
      again = setTimeout(() => void (opening ??= open()), retryMs).unref();
      log.error('cannot listen', { server: name, error: toAppError(thrown).message });
    } finally {
      opening = undefined;
    }
  };
  return {
    want: () => {
      if (server === undefined && !isClosed) opening ??= open();
    },
    port: () => server?.port,
    settled: async () => opening,
    close: async () => {
      isClosed = true;
      clearTimeout(again);
      await opening;
      await server?.close();
    },
  };
}
