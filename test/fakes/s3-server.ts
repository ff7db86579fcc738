import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A bucket `app` on loopback in memory. It signs each request itself and compares. */
export class S3Server {
  readonly requests: string[] = [];
  readonly objects = new Map<string, string>();
  /** When set, requests must be signed by it. */
  secretKey: string | undefined;
  /** Objects on a page of a listing. */
  pageSize = 1000;
  endpoint = '';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.endpoint = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', `http://${this.endpoint}`);
    const path = decodeURIComponent(url.pathname);
    this.requests.push(path);
    if (this.secretKey !== undefined && !isSigned(request, this.secretKey)) {
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
      return;
    }
    if (!path.startsWith('/app'))
      return void response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
    if (path === '/app') return void response.end(this.#list(url.searchParams));
    const text = this.objects.get(path.slice('/app/'.length));
    if (text === undefined) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    response.writeHead(200, { etag: `"${etagOf(text)}"` }).end(text);
  }

  #list(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const start = Number(query.get('continuation-token') ?? 0);
    const page = keys.slice(start, start + this.pageSize);
    const isMore = start + this.pageSize < keys.length;
    const contents = page.map((key) => {
      const etag = etagOf(this.objects.get(key) ?? '');
      return `<Contents><Key>${encodeURIComponent(key)}</Key><ETag>&quot;${etag}&quot;</ETag></Contents>`;
    });
    const next = isMore ? `<NextContinuationToken>${start + this.pageSize}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isMore}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
  }
}

function etagOf(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** By the documentation of Signature Version 4, written apart from the code that is tested. */
function isSigned({ method = '', url = '', headers }: IncomingMessage, secret: string): boolean {
  const authorization = headers.authorization ?? '';
  const scope = /Credential=[^/]+\/([^,]+)/.exec(authorization)?.[1] ?? '';
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const [path = '', query = ''] = url.split('?');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const hex = (text: string) => createHash('sha256').update(text).digest('hex');
  const payload = String(headers['x-amz-content-sha256']);
  const canonical = `${method}\n${path}\n${query}\n${lines.join('')}\n${names}\n${payload}`;
  const text = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${hex(canonical)}`;
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return authorization.endsWith(createHmac('sha256', key).update(text).digest('hex'));
}
