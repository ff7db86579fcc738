import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { AppError } from '#ports/errors.js';
import { createRealClock } from '#runtime/clock.js';
import type { Io, Output } from './io.js';
import { productVersion } from './version.js';

/** The real process: its streams, environment, signals and the cluster of its kubeconfig. */
export function createProcessIo(): Io {
  const clock = createRealClock();
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interruption.abort());
  // A reader such as `head` may leave early; then there is nobody left to write for.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      interruption.abort();
    });
  return {
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    env: process.env,
    clock,
    interrupted: interruption.signal,
    readText: async (path) => {
      if (path === '-') return text(process.stdin);
      return readFile(path, 'utf8').catch((thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new AppError('ConfigInvalid', `${path}: cannot be read: ${why}`, { cause: thrown });
      });
    },
    listFiles,
    readLines: () => createInterface({ input: process.stdin, crlfDelay: Infinity }),
    connect: async (target) => {
      const config = await loadKubeconfig({
        ...(target.kubeconfig === undefined ? {} : { path: target.kubeconfig }),
        ...(target.context === undefined ? {} : { context: target.context }),
        ...(target.access === undefined ? {} : { access: target.access }),
      });
      const kube = createKubeHttp({
        credentials: createCredentials(config, clock),
        clock,
        userAgent: `sluice-cli/${productVersion()}`,
        ...(target.timeoutMs === undefined ? {} : { timeoutMs: target.timeoutMs }),
      });
      return {
        kube,
        namespace: target.namespace ?? config.namespace ?? 'default',
        close: () => kube.close(),
      };
    },
  };
}

async function listFiles(path: string): Promise<readonly string[]> {
  // What is not there is said by whoever reads it.
  const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    write: (chunk) => void stream.write(chunk),
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined;
    },
  };
}
