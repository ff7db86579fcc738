import { request } from 'undici';
import type { ArtifactFetcher } from '#ports/artifact-store.js';
import { AppError } from '#ports/errors.js';
import { hasDigest } from './digest.js';
import { unpackTree } from './tarball.js';

export interface HttpFetcherOptions {
  /** `host:port` that replaces the one in every URL, for controllers that run outside of the cluster. */
  readonly hostOverride?: string;
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

const maxTarballBytes = 256 * 1024 * 1024;

/** Downloads artifacts over HTTP and checks their digest before anything of them is read. */
export function createHttpFetcher(options: HttpFetcherOptions = {}): ArtifactFetcher {
  return {
    async fetch({ url, digest, size }) {
      const tarball = await download(withHost(url, options.hostOverride), options.timeoutMs ?? 60_000);
      if (size !== undefined && size !== tarball.length) {
        throw corrupt(url, `its size is ${tarball.length} instead of ${size} bytes`);
      }
      if (digest !== undefined && !hasDigest(tarball, digest)) {
        throw corrupt(url, `its digest is not ${digest}`);
      }
      return unpackTree(tarball);
    },
  };
}

async function download(url: string, timeoutMs: number): Promise<Buffer> {
  try {
    const { statusCode, body } = await request(url, {
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (statusCode !== 200) {
      await body.dump();
      const code = statusCode === 404 ? 'ArtifactMissing' : 'KubeUnavailable';
      throw new AppError(code, `artifact: ${url} answered ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      total += bytes.length;
      if (total > maxTarballBytes)
        throw corrupt(url, `it is larger than ${maxTarballBytes / 1024 / 1024} MiB`);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('KubeUnreachable', `artifact: ${url} could not be read: ${why}`, { cause: thrown });
  }
}

function withHost(url: string, host: string | undefined): string {
  if (host === undefined) return url;
  const changed = new URL(url);
  changed.host = host;
  return changed.toString();
}

function corrupt(url: string, why: string): AppError {
  return new AppError('ArtifactCorrupt', `artifact: ${url}: ${why}`);
}
