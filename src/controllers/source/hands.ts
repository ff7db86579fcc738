import type { SourceObject } from '#api/flux/source.js';
import type { Observed, SourceTarget } from '#core/gitops/source/source-model.js';
import type { FetchedSource, SourceOutcome, SourceProblem } from '#core/gitops/source/source-run.js';

/** What one kind of source does with the world. Throws an AppError for what no user can act on. */
export interface SourceHands<O extends SourceObject, S, T extends SourceTarget> {
  /** What a pass must know of other objects; from caches only. */
  observe?(object: O): { readonly prerequisite?: SourceProblem; readonly included?: Observed };
  /** Asks the remote what it offers. */
  look(object: O): Promise<SourceOutcome<S>>;
  /** Checks the signature of a revision without fetching it. @returns the words of the condition. */
  verify?(object: O, target: T): Promise<SourceOutcome<string>>;
  /** Fetches and stores. @param included - as `observe` said in this pass. */
  fetch(object: O, target: T, included: Observed | undefined): Promise<SourceOutcome<FetchedSource>>;
}
