import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export interface PushedLayer {
  readonly content: Buffer;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A container registry on loopback in memory, with tokens as the real ones have them. */
export class RegistryServer {
  /** `METHOD path` of every request that was answered, tokens included. */
  readonly requests: string[] = [];
  /** When set, every request needs a token, which this user gets; `anonymous` gives one to everybody. */
  login: { readonly username: string; readonly password: string } | 'anonymous' | 'basic' | undefined;
  readonly #blobs = new Map<string, Buffer>();
  readonly #tags = new Map<string, string>();
  readonly #server: Server;
  host = '';

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Stores a manifest under a tag. @returns its digest. */
  push(
    tag: string,
    layers: readonly PushedLayer[],
    annotations: Readonly<Record<string, string>> = {},
  ): string {
    const entries = layers.map(({ content, mediaType, annotations: own }) => ({
      mediaType: mediaType ?? 'application/vnd.cncf.flux.content.v1.tar+gzip',
      digest: this.#put(content),
      size: content.length,
      ...(own === undefined ? {} : { annotations: own }),
    }));
    const manifest = { schemaVersion: 2, layers: entries, annotations };
    return this.pushRaw(tag, Buffer.from(JSON.stringify(manifest)));
  }

  pushRaw(tag: string, manifest: Buffer): string {
    const digest = this.#put(manifest);
    this.#tags.set(tag, digest);
    return digest;
  }

  /** What is stored under the digest is something else from now on. */
  spoil(digest: string): void {
    this.#blobs.set(digest, Buffer.from('spoiled'));
  }

  removeTag(tag: string): void {
    this.#tags.delete(tag);
  }

  /** The digests of the layers of a manifest. */
  layersOf(digest: string): readonly string[] {
    const { layers } = JSON.parse(String(this.#blobs.get(digest))) as { layers: { digest: string }[] };
    return layers.map((layer) => layer.digest);
  }

  #put(content: Buffer): string {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    this.#blobs.set(digest, content);
    return digest;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    this.requests.push(`${request.method ?? ''} ${url.pathname}`);
    if (url.pathname === '/token') return this.#token(request, response);
    if (!this.#isLetIn(request)) {
      const challenge =
        this.login === 'basic'
          ? 'Basic realm="registry"'
          : `Bearer realm="http://${this.host}/token",service="fake",scope="repository:org/app:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    const [, name, reference = ''] = /\/v2\/org\/app\/(manifests|blobs|tags)\/(.+)$/.exec(url.pathname) ?? [];
    if (name === 'tags') {
      response.end(JSON.stringify({ name: 'org/app', tags: [...this.#tags.keys()] }));
      return;
    }
    const digest = name === 'manifests' ? (this.#tags.get(reference) ?? reference) : reference;
    const content = this.#blobs.get(digest);
    if (content === undefined) return void response.writeHead(404).end('{}');
    const headers = { 'content-length': content.length, 'docker-content-digest': digest };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : content);
  }

  #token(request: IncomingMessage, response: ServerResponse): void {
    const { login } = this;
    const isRight =
      login === 'anonymous' ||
      (typeof login === 'object' && request.headers.authorization === basic(login.username, login.password));
    if (isRight) response.end(JSON.stringify({ token: 'good' }));
    else response.writeHead(401).end('{}');
  }

  #isLetIn({ headers }: IncomingMessage): boolean {
    if (this.login === undefined) return true;
    if (this.login === 'basic') return headers.authorization === basic('robot', 'right');
    return headers.authorization === 'Bearer good';
  }
}

/** A gzipped tar as `flux push artifact` makes it. */
export async function layerOf(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  for (const [name, linkname] of Object.entries(links)) tar.entry({ name, type: 'symlink', linkname }, '');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
