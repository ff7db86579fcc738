import type { Instant } from '#core/time/instant.js';

/** Why a step of a source failed, in the peer's words. */
export interface SourceProblem {
  readonly reason: string;
  readonly message: string;
  /** Waiting does not help: nothing is tried again until the spec changes. */
  readonly isStalling: boolean;
  /** The condition that says it; default `FetchFailed`. */
  readonly condition?: 'FetchFailed' | 'IncludeUnavailable' | 'SourceVerified' | 'StorageOperationFailed';
  /** Another object must move first: it is looked at again after the dependency interval, and no event tells of it. */
  readonly isWaiting?: boolean;
}

export type SourceOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: SourceProblem };

/** What was packed and stored. */
export interface FetchedSource {
  readonly revision: string;
  readonly path: string;
  readonly url: string;
  readonly digest: string;
  readonly size: number;
  /** What the source says of itself, for instance annotations of an OCI manifest. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** A URL that stays the same for all artifacts of the object. */
  readonly latestUrl?: string;
  /** First line of the commit. */
  readonly subject?: string;
  /** Whose signature was found good, in the words of the condition. */
  readonly verified?: string;
  /** What of other objects is in it, as the status shall remember it. */
  readonly included?: Readonly<Record<string, unknown>>;
}

/**
 * What one run has seen so far; a field is absent until it was looked at.
 * @typeParam S - what a look at the remote finds.
 */
export interface SourceRun<S> {
  readonly startedAt: Instant;
  /** Generation and requestedAt that it answers. */
  readonly trigger: string;
  readonly stored?: 'intact' | 'missing' | 'corrupt';
  /** Where the stored artifact is served now. */
  readonly url?: string;
  readonly seen?: SourceOutcome<S>;
  /** What the check of the signature said. */
  readonly verified?: SourceOutcome<string>;
  readonly fetched?: SourceOutcome<FetchedSource>;
}

/** What the process remembers of one source. Losing it costs one look at the remote, nothing else. */
export interface SourceMemory<S> {
  readonly run?: SourceRun<S>;
  readonly last?: {
    readonly trigger: string;
    /** When to look again; absent after a stall. */
    readonly nextAt?: Instant;
    /** Failed runs in a row. */
    readonly failures: number;
  };
}

/** Something that an action of the current run found out. */
export type SourceObservation<S> =
  | {
      readonly kind: 'stored';
      readonly stored: 'intact' | 'missing' | 'corrupt';
      readonly url: string;
    }
  | { readonly kind: 'seen'; readonly seen: SourceOutcome<S> }
  | { readonly kind: 'verified'; readonly verified: SourceOutcome<string> }
  | { readonly kind: 'fetched'; readonly fetched: SourceOutcome<FetchedSource> };

/** The memory with the observation in its run. */
export function recordSourceObservation<S>(
  memory: SourceMemory<S>,
  seen: SourceObservation<S>,
): SourceMemory<S> {
  if (memory.run === undefined) return memory;
  const { kind: _kind, ...fields } = seen;
  return { ...memory, run: { ...memory.run, ...fields } };
}

/** A problem of the spec: nothing is tried again until it is edited. */
export function stalled(reason: string, message: string): SourceProblem {
  return { reason, message, isStalling: true };
}
