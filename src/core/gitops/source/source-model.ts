import type { Artifact } from '#api/flux/common.js';
import type { SourceObject, SourceStatus } from '#api/flux/source.js';
import type { FetchedSource, SourceOutcome, SourceProblem } from './source-run.js';

/** What of a remote a spec means: at least its revision. */
export interface SourceTarget {
  readonly revision: string;
}

/** What a status remembers of the spec that shaped its artifact; absent fields are left out, as in the status. */
export type Observed = Readonly<Record<string, unknown>>;

/**
 * What makes one kind of source different from another: how its spec is read, which words it uses.
 * @typeParam O - the object. @typeParam S - what a look at the remote finds. @typeParam T - what is fetched.
 */
export interface SourceModel<O extends SourceObject, S, T extends SourceTarget> {
  /** As in manifests, for instance `GitRepository`. */
  readonly kind: string;
  /** Who can end a failure, for instance `the Git server`. */
  readonly remote: string;
  /** What makes the spec unusable until it is edited. */
  specProblem(object: O): SourceProblem | undefined;
  /** Whether the remote must be asked; else `resolve` is called with `undefined`. */
  needsLook(object: O): boolean;
  /** What is to be fetched, by what the remote offers. */
  resolve(object: O, seen: S | undefined): SourceOutcome<T>;
  /** What of the spec shapes the artifact beside the revision. */
  contentOf(object: O): Observed;
  /** The same fields in a status. */
  observedOf(status: SourceStatus): Observed;
  /** Whether the signature of this revision must be checked before anything else happens. Absent: never apart from the fetch. */
  needsVerification?(object: O, target: T): boolean;
  /** Whether the artifact must be fetched again because its signature was not checked as the spec now wants it. */
  needsRefetch?(object: O): boolean;
  /** Whether signatures are checked at all; else the condition about them goes. */
  isVerified(object: O): boolean;
  /** What the status gains beside conditions and artifact when the run ended well; `undefined` takes a field out. */
  statusOf?(object: O): Readonly<Record<string, unknown>>;
  /** `stored artifact for revision '…'` */
  storedMessage(artifact: Artifact): string;
  /** `new upstream revision '…'` */
  outdatedMessage(object: O, revision: string): string;
  /** What the event of a new artifact says. */
  newArtifactMessage(object: O, fetched: FetchedSource): string;
}
