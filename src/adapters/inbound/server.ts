import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError } from '#ports/errors.js';
import type { InboundAnswer, InboundHandler } from '#ports/inbound.js';
import type { Log } from '#ports/log.js';

export interface InboundLimits {
  /** Longer bodies are answered with 413. Default 3 MiB. */
  readonly bodyBytes?: number;
  /** Default 256 KiB. */
  readonly headerBytes?: number;
  /** For a whole request. Default 30 s. */
  readonly requestMs?: number;
  /** For the headers of a request. Default 10 s. */
  readonly headerMs?: number;
  /** At the same time. Default 200. */
  readonly connections?: number;
}

export interface InboundServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface InboundPlace {
  /** Absent: every address of the machine. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Serves whole requests to one handler; throws PortInUse or ConfigInvalid when it cannot listen. */
export async function serveInbound(
  place: InboundPlace,
  handle: InboundHandler,
  log: Log,
  limits: InboundLimits = {},
): Promise<InboundServer> {
  const { bodyBytes = 3 * 1024 * 1024, headerBytes = 256 * 1024, connections = 200 } = limits;
  const { requestMs = 30_000, headerMs = 10_000 } = limits;
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      requestTimeout: requestMs,
      headersTimeout: Math.min(headerMs, requestMs),
      connectionsCheckingInterval: 1000,
    },
    (request, response) => void respond(handle, log, bodyBytes, request, response),
  );
  server.maxConnections = connections;
  await listen(server, place);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : place.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: InboundPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'PortInUse' : 'ConfigInvalid';
      reject(
        new AppError(code, `cannot listen on port ${port}: ${error.code ?? 'unknown'}`, { cause: error }),
      );
    });
    server.listen(port, host, () => resolve());
  });
}

async function respond(
  handle: InboundHandler,
  log: Log,
  bodyBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request, bodyBytes);
    if (body === undefined) {
      // What is still to come is not read.
      answer(response, { status: 413, body: 'the body is too large\n' }, { connection: 'close' });
      return;
    }
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    answer(response, await handle({ method: request.method ?? '', path, headers: headersOf(request), body }));
  } catch (thrown) {
    // Whatever went wrong is ours to know and not the caller's.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    log.warn('a request could not be answered', { error: message });
    if (response.headersSent) response.destroy();
    else answer(response, { status: 500, body: 'internal error\n' }, { connection: 'close' });
  }
}

function answer(
  response: ServerResponse,
  { status, body }: InboundAnswer,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...more,
  });
  response.end(body);
}

/** `undefined` when there is more than so many bytes. */
async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Giving up must leave the connection open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Uint8Array; // a byte stream, as no encoding was set
    size += bytes.length;
    if (size > most) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
