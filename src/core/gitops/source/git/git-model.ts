import type { GitRepository, GitRepositoryStatus } from '#api/flux/git-repository.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import { findCondition } from '#core/kube/conditions.js';
import type { SourceModel, SourceTarget } from '../source-model.js';
import { stalled, type SourceOutcome, type SourceProblem } from '../source-run.js';
import { needsListing, resolveGitRef, type GitRefs } from './git-refs.js';
import { gitSpecProblem, shownUrl } from './git-spec.js';
import { isWiderMode, verificationModeOf, verifiesTag } from './verification-mode.js';

/** The commit that is fetched. */
export interface GitTarget extends SourceTarget {
  readonly commit: string;
  /** The full ref that leads to it; absent for a bare commit. */
  readonly ref?: string;
}

/** What a GitRepository is among the sources. */
export const gitModel: SourceModel<GitRepository, GitRefs, GitTarget> = {
  kind: 'GitRepository',
  remote: 'the Git server',
  specProblem: ({ spec }) => gitSpecProblem(spec),
  needsLook: ({ spec }) => needsListing(spec.ref),
  resolve: resolveTarget,
  contentOf: ({ spec: { ignore, recurseSubmodules, sparseCheckout, include } }) => ({
    ...(ignore === undefined ? {} : { observedIgnore: ignore }),
    ...(recurseSubmodules === true ? { observedRecurseSubmodules: true } : {}),
    ...(sparseCheckout === undefined ? {} : { observedSparseCheckout: sparseCheckout }),
    ...(include === undefined ? {} : { observedInclude: include }),
  }),
  observedOf: (status: GitRepositoryStatus) => {
    const { observedIgnore, observedRecurseSubmodules, observedSparseCheckout, observedInclude } = status;
    return {
      ...(observedIgnore === undefined ? {} : { observedIgnore }),
      ...(observedRecurseSubmodules === true ? { observedRecurseSubmodules } : {}),
      ...(observedSparseCheckout === undefined ? {} : { observedSparseCheckout }),
      ...(observedInclude === undefined ? {} : { observedInclude }),
    };
  },
  needsRefetch: ({ spec, status }) => {
    if (spec.verify === undefined) return false;
    if (findCondition(status?.conditions, types.sourceVerified)?.status === 'False') return true;
    return isWiderMode(verificationModeOf(spec.verify), status?.sourceVerificationMode);
  },
  isVerified: ({ spec }) => spec.verify !== undefined,
  statusOf: ({ spec: { verify } }) => ({
    sourceVerificationMode: verify === undefined ? undefined : verificationModeOf(verify),
  }),
  storedMessage: ({ revision }) => `stored artifact for revision '${revision}'`,
  outdatedMessage: (_object, revision) => `new upstream revision '${revision}'`,
  newArtifactMessage: (_object, { subject = '' }) =>
    `stored artifact for commit '${Array.from(subject).slice(0, 50).join('')}'`,
};

function resolveTarget(
  { spec: { ref, url, verify } }: GitRepository,
  seen: GitRefs = { refs: {} },
): SourceOutcome<GitTarget> {
  if (needsListing(ref) && Object.keys(seen.refs).length === 0) {
    return failed(reasons.emptyGitRepository, 'git repository is empty');
  }
  if (ref?.commit !== undefined && ref.commit !== '' && !isWholeHash(ref.commit)) {
    const message = `failed to checkout and determine revision: unable to resolve commit object for '${ref.commit}': object not found; name the commit by its whole hash`;
    return failed(reasons.gitOperationFailed, message);
  }
  const resolved = resolveGitRef(ref, seen);
  if (!resolved.ok) {
    const message = `failed to checkout and determine revision: unable to clone '${shownUrl(url)}': ${resolved.problem}; push it or change spec.ref`;
    return failed(reasons.gitOperationFailed, message);
  }
  if (verify !== undefined && verifiesTag(verify) && resolved.ref?.startsWith('refs/tags/') !== true) {
    const message = "cannot verify tag object's signature if a tag reference is not specified";
    const problem = { ...stalled(reasons.invalidVerificationMode, message), condition: types.sourceVerified };
    return { ok: false, problem };
  }
  const { commit, ref: full, revision } = resolved;
  return { ok: true, value: { commit, revision, ...(full === undefined ? {} : { ref: full }) } };
}

function isWholeHash(commit: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(commit);
}

function failed(reason: string, message: string): { readonly ok: false; readonly problem: SourceProblem } {
  return { ok: false, problem: { reason, message, isStalling: false } };
}
