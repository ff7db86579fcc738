import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { digestOf } from '#adapters/artifact-store/digest.js';
import { packTree } from '#adapters/artifact-store/tarball.js';
import { kinds } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';

/**
 * Plays the source controller: serves tarballs on loopback and writes them into the status of a GitRepository, so that
 * whatever applies Kustomizations is measured alone.
 */
export class Publisher {
  readonly #tarballs = new Map<string, Buffer>();
  readonly #server: Server;
  #number = 0;
  readonly files = new Map<string, string>();

  private constructor(
    readonly kube: Kube,
    readonly namespace: string,
  ) {
    this.#server = createServer((request, response) => {
      const tarball = this.#tarballs.get(request.url ?? '');
      if (tarball === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': tarball.length }).end(tarball);
    });
  }

  static async start(kube: Kube, namespace: string): Promise<Publisher> {
    const publisher = new Publisher(kube, namespace);
    publisher.#server.listen(0, '127.0.0.1');
    await once(publisher.#server, 'listening');
    await kube.create(kinds.gitRepository, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'app', namespace },
      spec: { url: 'https://git.test/app.git', interval: '10m', ref: { branch: 'main' } },
    } as never);
    return publisher;
  }

  /** Stores the files as they are now as the next commit. @returns its revision and the moment just before it was told. */
  async publish(): Promise<{ readonly revision: string; readonly at: number }> {
    this.#number += 1;
    const commit = String(this.#number).padStart(40, '0');
    const tarball = await packTree(
      [...this.files].map(([path, text]) => ({ path, content: Buffer.from(text), isExecutable: false })),
    );
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const path = `/${commit}.tar.gz`;
    this.#tarballs.clear();
    this.#tarballs.set(path, tarball);
    const revision = `main@sha1:${commit}`;
    const artifact = {
      path: path.slice(1),
      url: `http://127.0.0.1:${port}${path}`,
      revision,
      digest: digestOf(tarball),
      size: tarball.length,
      lastUpdateTime: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
    };
    const key = { kind: kinds.gitRepository, name: 'app', namespace: this.namespace };
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'Succeeded',
      message: revision,
      lastTransitionTime: artifact.lastUpdateTime,
    };
    const body = { status: { artifact, observedGeneration: 1, conditions: [ready] } };
    const at = performance.now();
    await this.kube.patch(key, { type: 'merge', body }, { subresource: 'status' });
    return { revision, at };
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
