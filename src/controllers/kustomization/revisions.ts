import type { Artifact } from '#api/flux/git-repository.js';
import type { FileTree } from '#core/gitops/file-tree.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { ArtifactFetcher } from '#ports/artifact-store.js';
import type { Clock } from '#ports/clock.js';

/** So long a tree is kept after somebody asked for it. */
const keepMs = 20_000;
/** So many bytes of files, and of trees at least the newest. */
const mostBytes = 128 * 1024 * 1024;

interface Held {
  readonly tree: Promise<FileTree>;
  bytes: number;
  usedAt: Instant;
}

/** The files of artifacts: each is fetched and unpacked once for all who ask at about the same time. */
export class Revisions {
  readonly #fetcher: ArtifactFetcher;
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();
  #cancel: (() => void) | undefined;

  constructor(fetcher: ArtifactFetcher, clock: Clock) {
    this.#fetcher = fetcher;
    this.#clock = clock;
  }

  /** Throws what the fetcher throws; a failure is not kept. */
  async tree(artifact: Artifact): Promise<FileTree> {
    const id = artifactId(artifact);
    const held = this.#held.get(id) ?? this.#fetch(id, artifact);
    held.usedAt = this.#clock.now();
    // The newest stands last.
    this.#held.delete(id);
    this.#held.set(id, held);
    this.#forgetLater();
    return held.tree;
  }

  #fetch(id: string, artifact: Artifact): Held {
    const tree = this.#fetcher.fetch(artifact);
    const held: Held = { tree, bytes: 0, usedAt: this.#clock.now() };
    tree.then(
      (files) => {
        for (const { content } of files.values()) held.bytes += content.length;
        this.#forgetMost();
      },
      () => {
        if (this.#held.get(id) === held) this.#held.delete(id);
      },
    );
    return held;
  }

  #forgetMost(): void {
    let total = 0;
    for (const [id, { bytes }] of [...this.#held].reverse()) {
      total += bytes;
      if (total > mostBytes && total > bytes) this.#held.delete(id);
    }
  }

  #forgetLater(): void {
    if (this.#cancel !== undefined) return;
    this.#cancel = this.#clock.schedule(addMs(this.#clock.now(), keepMs), () => {
      this.#cancel = undefined;
      const limit = addMs(this.#clock.now(), -keepMs);
      for (const [id, { usedAt }] of this.#held) if (usedAt <= limit) this.#held.delete(id);
      if (this.#held.size > 0) this.#forgetLater();
    });
  }
}

/** Two artifacts with the same id have the same files. */
export function artifactId({ digest, url, revision }: Artifact): string {
  return digest === undefined || digest === '' ? `${url}|${revision}` : digest;
}
