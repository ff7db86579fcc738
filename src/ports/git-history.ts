import type { TreeFile } from '#core/gitops/file-tree.js';
import type { Instant } from '#core/time/instant.js';
import type { GitAccess } from './git-remote.js';

/** Branches of a repository somewhere else with the last commits of each, to which a commit may be added. */
export interface GitHistory {
  /** Fetches those of the branches that exist; what was fetched is gone afterwards. Throws what GitRemote throws. */
  open<T>(access: GitAccess, branches: readonly string[], work: (clone: GitClone) => Promise<T>): Promise<T>;
}

export interface GitClone {
  /** The full hash; `undefined` when there is no such branch. */
  head(branch: string): string | undefined;
  /** Newest first, along the first parents. */
  log(commit: string, most: number): Promise<readonly GitCommit[]>;
  files(commit: string): Promise<readonly TreeFile[]>;
  /** Whether the older commit is part of the history of the newer. */
  contains(newer: string, older: string): Promise<boolean>;
  /** Makes a commit. Throws GitInvalid when what came after the commits stands in the way. @returns its hash. */
  revert(wanted: GitRevert): Promise<string>;
  /** Adds the commit to the branch, never by force. Throws GitRefMissing when the branch has moved meanwhile. */
  push(commit: string, branch: string): Promise<void>;
}

export interface GitCommit {
  readonly sha: string;
  readonly isMerge: boolean;
  /** `Name <address>`. */
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
  readonly subject: string;
  /** The whole message. */
  readonly message: string;
}

export interface GitRevert {
  /** What it is made on; of two the commits are taken back on the second, which is merged into the first. */
  readonly parents: readonly string[];
  /** What is taken back, newest first. */
  readonly commits: readonly string[];
  readonly message: string;
  /** The same wants at the same moment make the same commit. */
  readonly at: Instant;
}
