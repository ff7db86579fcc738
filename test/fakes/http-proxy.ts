import { createServer, request as send, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** A proxy on loopback that resolves every name to one port of this machine; it keeps what it was asked for. */
export class FakeHttpProxy {
  /** `GET http://host/path`, or `CONNECT host:443`. */
  readonly seen: string[] = [];
  readonly credentials: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #tunnels = new Set<Duplex>();

  private constructor(portOf: () => number) {
    this.#server = createServer((request, response) => {
      this.seen.push(`${request.method} ${request.url}`);
      this.credentials.push(request.headers['proxy-authorization']);
      const { pathname, search } = new URL(request.url ?? '');
      const onward = send(
        { port: portOf(), path: pathname + search, method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    this.#server.on('connect', (request, socket, head) => {
      this.seen.push(`CONNECT ${request.url}`);
      this.credentials.push(request.headers['proxy-authorization']);
      const onward = connect(portOf(), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      for (const end of [onward, socket]) {
        this.#tunnels.add(end);
        end.on('error', () => undefined);
      }
    });
  }

  static async start(portOf: () => number): Promise<FakeHttpProxy> {
    const fake = new FakeHttpProxy(portOf);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const tunnel of this.#tunnels) tunnel.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
