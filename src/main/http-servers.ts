import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError } from '#ports/errors.js';

/** A small HTTP server that is listening. */
export interface ServedPort {
  readonly port: number;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What is served, by path. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

/** Serves GET of a few paths; throws PortInUse when the port is taken. */
export function serveRoutes(routes: Routes, host: string | undefined, port: number): Promise<ServedPort> {
  const server = createServer((request, response) => {
    respond(routes, request, response).catch((thrown: unknown) => response.destroy(asError(thrown)));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen(port, host, () => resolve(served(server, port)));
  });
}

/** Plain text with a status. */
export function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

async function respond(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const answer = route !== undefined && isRead ? await route() : text(404, 'not found\n');
  response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

function served(server: Server, wanted: number): ServedPort {
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : wanted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenError(error: NodeJS.ErrnoException, port: number): AppError {
  if (error.code === 'EADDRINUSE') {
    return new AppError(
      'PortInUse',
      `port ${port} is in use; stop what listens there or choose another port`,
      {
        cause: error,
      },
    );
  }
  return new AppError('ConfigInvalid', `cannot listen on port ${port}: ${error.message}`, { cause: error });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
