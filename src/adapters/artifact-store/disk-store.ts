import { lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeFile } from '#core/gitops/file-tree.js';
import type { ArtifactOwner, ArtifactStore } from '#ports/artifact-store.js';
import type { Clock } from '#ports/clock.js';
import { AppError, toAppError } from '#ports/errors.js';
import { digestOf, hasDigest, type DigestAlgorithm } from './digest.js';
import { packTree, unpackTree } from './tarball.js';

export interface DiskStoreOptions {
  readonly directory: string;
  /** What URLs begin with, for instance `http://source-controller.flux-system.svc`. Asked for each time. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
  /** Files that are younger than this are never collected. Default 60 s. */
  readonly retentionMs?: number;
  /** How many files of an owner may stay, the current one included. Default 2. */
  readonly retentionRecords?: number;
  /** Of the digests of new artifacts; default sha256. */
  readonly algorithm?: DigestAlgorithm;
}

/** Tarballs in a directory: `<kind>/<namespace>/<name>/<file>`. */
export function createDiskStore(options: DiskStoreOptions): ArtifactStore {
  const { directory, clock, retentionMs = 60_000, retentionRecords = 2, algorithm = 'sha256' } = options;
  const urlOf = (path: string) => `${options.baseUrl()}/${path}`;
  const pathOf = (path: string) => join(directory, ...path.split('/').map(safe));
  const writeBytes = async (owner: ArtifactOwner, fileName: string, bytes: Uint8Array) => {
    const path = `${folderOf(owner)}/${safe(fileName)}`;
    await storing(path, async () => {
      await mkdir(join(directory, folderOf(owner)), { recursive: true });
      const unfinished = `${join(directory, path)}.lock`;
      await writeFile(unfinished, bytes);
      await rename(unfinished, join(directory, path));
    });
    return { path, url: urlOf(path), digest: digestOf(bytes, algorithm), size: bytes.length };
  };
  return {
    urlOf,
    async write(owner, fileName, files, directories) {
      return writeBytes(owner, fileName, await packOnce(files, directories));
    },
    writeBytes,
    async read({ path, digest }) {
      const tarball = await readIfThere(pathOf(path));
      if (tarball === undefined) {
        throw new AppError('ArtifactMissing', `artifact store: ${path} is not there any more`);
      }
      if (digest !== undefined && !hasDigest(tarball, digest)) {
        throw new AppError('ArtifactCorrupt', `artifact store: ${path} does not have the digest ${digest}`);
      }
      return unpackTree(tarball);
    },
    unpack: (tarball) => unpackTree(Buffer.from(tarball), { skipsLinks: true }),
    async link(path, name) {
      const alias = `${path.slice(0, path.lastIndexOf('/'))}/${safe(name)}`;
      await storing(alias, async () => {
        const unfinished = `${pathOf(alias)}.lock`;
        await rm(unfinished, { force: true });
        await symlink(path.slice(path.lastIndexOf('/') + 1), unfinished);
        await rename(unfinished, pathOf(alias));
      });
      return urlOf(alias);
    },
    async verify({ path, digest }) {
      const tarball = await readIfThere(pathOf(path));
      if (tarball === undefined) return 'missing';
      return digest === undefined || hasDigest(tarball, digest) ? 'intact' : 'corrupt';
    },
    async collect(owner, current) {
      const folder = folderOf(owner);
      const old = (await filesOf(join(directory, folder)))
        .filter((file) => `${folder}/${file.name}` !== current)
        .sort((a, b) => b.changedAt - a.changedAt)
        .filter(
          ({ changedAt }, rank) => changedAt < clock.now() - retentionMs || rank >= retentionRecords - 1,
        );
      await storing(folder, () => Promise.all(old.map(({ name }) => rm(join(directory, folder, name)))));
      return old.map(({ name }) => `${folder}/${name}`);
    },
    async remove(owner) {
      const folder = folderOf(owner);
      const count = (await filesOf(join(directory, folder))).length;
      await storing(folder, () => rm(join(directory, folder), { recursive: true, force: true }));
      return count;
    },
  };
}

/** Objects that share one fetched tree share its tarball too. */
const packed = new WeakMap<readonly TreeFile[], Promise<Buffer>>();

function packOnce(files: readonly TreeFile[], directories?: readonly string[]): Promise<Buffer> {
  if (directories !== undefined) return packTree(files, directories);
  const known = packed.get(files) ?? packTree(files);
  packed.set(files, known);
  return known;
}

function folderOf({ kind, namespace, name }: ArtifactOwner): string {
  return [kind.toLowerCase(), namespace, name].map(safe).join('/');
}

/** A name that stays one path segment; anything else is a fault of the caller. */
function safe(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..' || /[/\\\0]/.test(segment)) {
    throw new AppError('BrokenInvariant', `artifact store: "${segment}" is no path segment`);
  }
  return segment;
}

async function filesOf(folder: string): Promise<readonly { name: string; changedAt: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'));
  return Promise.all(
    files.map(async ({ name }) => ({ name, changedAt: (await lstat(join(folder, name))).mtimeMs })),
  );
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    // Absent or unreadable comes to the same: it must be made again.
    return undefined;
  }
}

async function storing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { message } = toAppError(thrown);
    throw new AppError('ArtifactCorrupt', `artifact store: ${path}: ${message}`, { cause: thrown });
  }
}
