import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '#ports/errors.js';
import { StatusError } from '#sandbox/store/status.js';
import type { ApiStore } from '#sandbox/store/store.js';
import { answer } from './answer.js';
import type { LogSource } from './logs.js';
import { sendStatus } from './respond.js';

export interface ServeOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Without it logs answer 404. */
  readonly logs?: LogSource;
  /** The administrator's bearer token; without it no request needs one. */
  readonly token?: string;
}

export interface ServedStore {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends every connection, open watches too. */
  close(): Promise<void>;
}

/** Serves a store over REST on the loopback interface. Rejects with PortInUse when the port is taken. */
export function serveStore(store: ApiStore, options: ServeOptions = {}): Promise<ServedStore> {
  const server = createServer((request, response) => {
    answer({ store, ...options }, request, response).catch((thrown: unknown) =>
      fail(request, response, thrown),
    );
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(
        new AppError(
          isTaken ? 'PortInUse' : 'KubeUnavailable',
          isTaken
            ? `port ${options.port ?? 0} of 127.0.0.1 is in use: choose another one`
            : `port ${options.port ?? 0} of 127.0.0.1 cannot be used: ${error.message}`,
          { cause: error },
        ),
      );
    });
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ url: `http://127.0.0.1:${port}`, close });
    });
  });
}

function fail(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (thrown instanceof StatusError) return sendStatus(response, thrown.status);
  if (thrown instanceof AppError && thrown.class === 'Missing')
    return sendStatus(response, new StatusError(404, 'NotFound', thrown.message).status);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const status = new StatusError(
    500,
    'InternalError',
    `Internal error occurred: ${message} (${request.method} ${request.url})`,
  );
  sendStatus(response, status.status);
}
