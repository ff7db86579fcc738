import type { Instant } from '#core/time/instant.js';
import type { GitRefs } from './git-refs.js';

/** Why a step of a source failed, in the peer's words. */
export interface SourceProblem {
  readonly reason: string;
  readonly message: string;
  /** Waiting does not help: nothing is tried again until the spec changes. */
  readonly isStalling: boolean;
}

export type SourceOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: SourceProblem };

/** What was packed and stored. */
export interface FetchedSource {
  readonly revision: string;
  readonly subject: string;
  readonly path: string;
  readonly url: string;
  readonly digest: string;
  readonly size: number;
}

/** What one run has seen so far; a field is absent until it was looked at. */
export interface GitRun {
  readonly startedAt: Instant;
  /** Generation and requestedAt that it answers. */
  readonly trigger: string;
  readonly stored?: 'intact' | 'missing' | 'corrupt';
  /** Where the stored artifact is served now. */
  readonly url?: string;
  readonly refs?: SourceOutcome<GitRefs>;
  readonly fetched?: SourceOutcome<FetchedSource>;
}

/** What the process remembers of one GitRepository. Losing it costs one listing, nothing else. */
export interface GitMemory {
  readonly run?: GitRun;
  readonly last?: {
    readonly trigger: string;
    /** When to look again; absent after a stall. */
    readonly nextAt?: Instant;
    /** Failed runs in a row. */
    readonly failures: number;
  };
}

/** Something that an action of the current run found out. */
export type GitObservation =
  | {
      readonly kind: 'stored';
      readonly stored: 'intact' | 'missing' | 'corrupt';
      readonly url: string;
    }
  | { readonly kind: 'refs'; readonly refs: SourceOutcome<GitRefs> }
  | { readonly kind: 'fetched'; readonly fetched: SourceOutcome<FetchedSource> };

/** The run with the observation in it. */
export function recordGitObservation(memory: GitMemory, seen: GitObservation): GitMemory {
  if (memory.run === undefined) return memory;
  const { kind: _kind, ...fields } = seen;
  return { ...memory, run: { ...memory.run, ...fields } };
}
