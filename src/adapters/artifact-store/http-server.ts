import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#ports/errors.js';

export interface ArtifactServer {
  /** `http://<host>:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the files of an artifact directory, read only. Port 0 takes a free one. */
export function serveArtifacts(directory: string, host: string, port: number): Promise<ArtifactServer> {
  const server = createServer((request, response) => {
    void answer(directory, request.method ?? '', request.url ?? '/', response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause: Error) => reject(notListening(host, port, cause)));
    server.listen(port, host, () => {
      server.unref();
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      const name = host.includes(':') ? `[${host}]` : host;
      resolve({
        url: `http://${name}:${bound}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function answer(
  directory: string,
  method: string,
  url: string,
  response: ServerResponse,
): Promise<void> {
  const segments = (url.split('?')[0] ?? '').split('/').filter((segment) => segment !== '');
  const isPlain = segments.every((segment) => /^[A-Za-z0-9._-]+$/.test(segment) && !/^\.+$/.test(segment));
  if (method !== 'GET' && method !== 'HEAD') return end(response, 405);
  if (!isPlain || segments.length !== 4 || segments[3]?.endsWith('.lock') === true) return end(response, 404);
  const path = join(directory, ...segments);
  try {
    const { size } = await stat(path);
    response.writeHead(200, { 'content-type': 'application/gzip', 'content-length': size });
    if (method === 'HEAD') response.end();
    else await pipeline(createReadStream(path), response);
  } catch {
    // The file is not there, or the client went away in the middle.
    if (response.headersSent) response.destroy();
    else end(response, 404);
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function notListening(host: string, port: number, cause: Error): AppError {
  const code = 'code' in cause && cause.code === 'EADDRINUSE' ? 'PortInUse' : 'ConfigInvalid';
  return new AppError(code, `artifact server: ${host}:${port}: ${cause.message}; choose another address`, {
    cause,
  });
}
