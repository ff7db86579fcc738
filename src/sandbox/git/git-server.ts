import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface GitServer {
  /** `http://127.0.0.1:<port>`; a repository is served at `<url>/<its folder below the directory>`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** When set, every request needs this basic authentication. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Called with the path of each request that is let in. */
  readonly onRequest?: (path: string) => void;
}

/** Serves every repository below a directory over smart HTTP on loopback, read only, through `git http-backend`. */
export function serveGit(directory: string, options: GitServerOptions = {}): Promise<GitServer> {
  const server = createServer((request, response) => {
    if (!isLetIn(request, options)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    options.onRequest?.(request.url ?? '/');
    handOver(directory, request, response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function isLetIn(request: IncomingMessage, { login }: GitServerOptions): boolean {
  if (login === undefined) return true;
  const wanted = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return request.headers.authorization === `Basic ${wanted}`;
}

/** One request is one run of the CGI program. */
function handOver(directory: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      HOME: directory,
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: decodeURIComponent(path),
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', (error) => {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`git cannot be run: ${error.message}\n`);
  });
  child.stdin.on('error', () => child.kill());
  request.pipe(child.stdin);
  relayCgi(child.stdout, response);
  response.on('close', () => child.kill());
}

/** Turns the CGI answer (headers, an empty line, the body) into an HTTP one. */
function relayCgi(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  let isBody = false;
  output.on('data', (chunk: Buffer) => {
    if (isBody) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    isBody = true;
    const headers = head
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(/:\s*/, 2) as [string, string]);
    const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
    response.writeHead(
      Number.parseInt(status, 10),
      Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
    );
    response.write(head.subarray(end + 4));
  });
  output.on('end', () => response.end());
}
