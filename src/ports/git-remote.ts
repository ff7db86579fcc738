import type { GitRefs } from '#core/gitops/source/git/git-refs.js';
import type { TreeFile } from '#core/gitops/file-tree.js';

/** A Git repository somewhere else. Every method throws an `AppError` (GitUnreachable, GitDenied, GitRefMissing, ...). */
export interface GitRemote {
  /** What the remote offers, without fetching anything. The remote is asked after the call, never before. */
  listRefs(access: GitAccess): Promise<GitRefs>;
  /** Fetches one commit with as little history as the remote allows. */
  fetch(access: GitAccess, wanted: GitWanted): Promise<GitCheckout>;
}

/** Where, with what, and for how long. Secrets in here are never part of a message. */
export interface GitAccess {
  readonly url: string;
  readonly credentials: GitCredentials;
  /** For the whole operation. */
  readonly timeoutMs: number;
}

export interface GitCredentials {
  /** HTTP basic authentication. */
  readonly basic?: { readonly username: string; readonly password: string };
  readonly bearerToken?: string;
  /** PEM of the certificate authorities that the server is checked against. */
  readonly caCertificate?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly ssh?: { readonly identity: string; readonly knownHosts: string; readonly passphrase?: string };
  readonly proxy?: { readonly address: string; readonly username?: string; readonly password?: string };
}

export interface GitWanted {
  /** The full hash. */
  readonly commit: string;
  /** The full name of the ref that leads to it (`refs/heads/main`); absent for a bare commit. */
  readonly ref?: string;
  readonly recurseSubmodules: boolean;
  /** Directories to keep; empty keeps all. Cone style: files of their parent directories are kept too. */
  readonly sparseDirectories: readonly string[];
}

export interface GitCheckout {
  readonly commit: string;
  /** First line of the commit message. */
  readonly subject: string;
  /** Regular files only, byte for byte as they are stored; symbolic links are left out. */
  readonly files: readonly TreeFile[];
  /** Directories, those too in which no such file is (links only, or a submodule that is not fetched). */
  readonly directories?: readonly string[];
  /** The commit object, which may be signed. */
  readonly commitObject: Uint8Array;
  /** The annotated tag that the ref names, which may be signed; absent for anything else. */
  readonly tagObject?: { readonly hash: string; readonly content: Uint8Array };
}
