import type { Artifact } from '#api/flux/git-repository.js';
import type { FileTree, TreeFile } from '#core/gitops/file-tree.js';

/** Which object an artifact belongs to; `kind` as in its manifest. */
export interface ArtifactOwner {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Where tarballs of sources are kept and served. Every method throws an `AppError` and nothing else. */
export interface ArtifactStore {
  /**
   * Packs the files in the normal form (equal trees give equal digests) and stores them under the file name.
   * @param directories - those that are in it, empty or not; default those above the files.
   */
  write(
    owner: ArtifactOwner,
    fileName: string,
    files: readonly TreeFile[],
    directories?: readonly string[],
  ): Promise<StoredArtifact>;
  /** Stores bytes as they are. */
  writeBytes(owner: ArtifactOwner, fileName: string, bytes: Uint8Array): Promise<StoredArtifact>;
  /** The files of a stored artifact. Throws ArtifactMissing or ArtifactCorrupt. */
  read(artifact: Pick<Artifact, 'path' | 'digest'>): Promise<FileTree>;
  /** The regular files of a gzipped tar from elsewhere; links are left out, entries that leave the tree refused. */
  unpack(tarball: Uint8Array): Promise<FileTree>;
  /** Makes `name` in the owner's folder lead to the artifact of this path. @returns the URL of the name. */
  link(path: string, name: string): Promise<string>;
  /** Whether what the status names is there and still has its digest. */
  verify(artifact: Artifact): Promise<'intact' | 'missing' | 'corrupt'>;
  /** The URL under which the artifact of this path is served now. */
  urlOf(path: string): string;
  /** Deletes old files of the owner but never `current`. Returns the paths that were deleted. */
  collect(owner: ArtifactOwner, current: string): Promise<readonly string[]>;
  /** Deletes everything of the owner. Returns how many files that were. */
  remove(owner: ArtifactOwner): Promise<number>;
}

export interface StoredArtifact {
  /** `<kind lower-case>/<namespace>/<name>/<file>` */
  readonly path: string;
  readonly url: string;
  /** `sha256:<hex>` of the stored file. */
  readonly digest: string;
  readonly size: number;
}

/** Gets the files of any artifact by its URL, whoever wrote it. */
export interface ArtifactFetcher {
  /** Throws ArtifactMissing (404) or ArtifactCorrupt (digest, size, an entry that leaves the tree). */
  fetch(artifact: Pick<Artifact, 'url' | 'digest' | 'size'>): Promise<FileTree>;
}
