import { treeOf, type FileTree, type TreeFile } from '#core/gitops/file-tree.js';
import { unpackTree } from '#adapters/artifact-store/tarball.js';
import { sha256Hex } from '#core/digest/sha256.js';
import type { ArtifactFetcher, ArtifactOwner, ArtifactStore } from '#ports/artifact-store.js';
import { AppError } from '#ports/errors.js';

/** Store and fetcher in one, in memory. */
export class FakeArtifactStore implements ArtifactStore, ArtifactFetcher {
  /** Where artifacts are served; those of another place do not answer. */
  baseUrl = 'http://artifacts.test';
  readonly trees = new Map<string, { readonly tree: FileTree; readonly digest: string }>();
  /** The directories of each artifact by its path, as far as they were named. */
  readonly directories = new Map<string, readonly string[]>();

  write(owner: ArtifactOwner, fileName: string, files: readonly TreeFile[], directories?: readonly string[]) {
    const path = `${folderOf(owner)}/${fileName}`;
    const digest = `sha256:${sha256Hex(JSON.stringify(files.map((f) => [f.path, [...f.content]])))}`;
    this.trees.set(path, { tree: treeOf(files), digest });
    if (directories !== undefined) this.directories.set(path, directories);
    return Promise.resolve({ path, url: this.urlOf(path), digest, size: files.length });
  }

  writeBytes(owner: ArtifactOwner, fileName: string, content: Uint8Array) {
    return this.write(owner, fileName, [{ path: fileName, content, isExecutable: false }]);
  }

  read({ path }: { path: string }): Promise<FileTree> {
    return this.fetch({ url: this.urlOf(path) });
  }

  unpack(tarball: Uint8Array): Promise<FileTree> {
    return unpackTree(Buffer.from(tarball), { skipsLinks: true });
  }

  link(path: string, name: string) {
    return Promise.resolve(this.urlOf(`${path.slice(0, path.lastIndexOf('/'))}/${name}`));
  }

  verify({ path, digest }: { path: string; digest?: string }) {
    const stored = this.trees.get(path);
    if (stored === undefined) return Promise.resolve('missing' as const);
    return Promise.resolve(stored.digest === digest ? ('intact' as const) : ('corrupt' as const));
  }

  urlOf(path: string): string {
    return `${this.baseUrl}/${path}`;
  }

  collect(owner: ArtifactOwner, current: string) {
    const old = [...this.trees.keys()].filter((path) => path.startsWith(folderOf(owner)) && path !== current);
    for (const path of old) this.trees.delete(path);
    return Promise.resolve(old);
  }

  remove(owner: ArtifactOwner) {
    const all = [...this.trees.keys()].filter((path) => path.startsWith(folderOf(owner)));
    for (const path of all) this.trees.delete(path);
    return Promise.resolve(all.length);
  }

  fetch({ url }: { url: string }): Promise<FileTree> {
    if (!url.startsWith(this.baseUrl)) {
      return Promise.reject(new AppError('KubeUnreachable', `artifact: ${url} could not be read: refused`));
    }
    const stored = this.trees.get(url.slice(this.baseUrl.length + 1));
    if (stored !== undefined) return Promise.resolve(stored.tree);
    return Promise.reject(new AppError('ArtifactMissing', `artifact: ${url} answered 404`));
  }
}

function folderOf({ kind, namespace, name }: ArtifactOwner): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`;
}
