import type { GitRepositoryRef } from '#api/flux/git-repository.js';
import { byVersion, isVersion, parseRange } from '../version-range.js';

/** What a remote offers: the hash of each full ref name; annotated tags are peeled to their commit. */
export interface GitRefs {
  readonly refs: Readonly<Record<string, string>>;
}

/** The commit that a `spec.ref` means, or why none. */
export type ResolvedRef =
  | {
      readonly ok: true;
      /** Absent for a bare commit. */
      readonly ref?: string;
      readonly commit: string;
      readonly revision: string;
    }
  | { readonly ok: false; readonly problem: string };

/** Whether the remote must be asked which commit is meant; a bare commit says it itself. */
export function needsListing(ref: GitRepositoryRef | undefined): boolean {
  return ref?.commit === undefined || ref.commit === '';
}

/** Precedence as in the peer's code: commit, name, tag, semver, branch; `master` when nothing is set. */
export function resolveGitRef(wanted: GitRepositoryRef | undefined, offered: GitRefs): ResolvedRef {
  if (isSet(wanted?.commit)) return resolveCommit(wanted.commit, wanted.branch);
  if (isSet(wanted?.name)) return resolveName(wanted.name, wanted.name, offered);
  if (isSet(wanted?.tag)) return resolveName(`refs/tags/${wanted.tag}`, wanted.tag, offered);
  if (isSet(wanted?.semver)) return resolveSemver(wanted.semver, offered);
  const branch = isSet(wanted?.branch) ? wanted.branch : 'master';
  return resolveName(`refs/heads/${branch}`, branch, offered);
}

/** `main@sha1:<hash>`; `sha1:<hash>` without a name; the algorithm follows from the length of the hash. */
function formatRevision(name: string | undefined, commit: string): string {
  const digest = `${commit.length === 64 ? 'sha256' : 'sha1'}:${commit}`;
  return name === undefined ? digest : `${name}@${digest}`;
}

/** The hash in a revision of {@link formatRevision}. */
export function commitOf(revision: string): string {
  return revision.slice(revision.lastIndexOf(':') + 1);
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function resolveCommit(commit: string, branch: string | undefined): ResolvedRef {
  const name = isSet(branch) ? branch : undefined;
  const ref = name === undefined ? {} : { ref: `refs/heads/${name}` };
  return { ok: true, ...ref, commit, revision: formatRevision(name, commit) };
}

function resolveName(ref: string, name: string, { refs }: GitRefs): ResolvedRef {
  const commit = refs[ref];
  if (commit !== undefined) return { ok: true, ref, commit, revision: formatRevision(name, commit) };
  return { ok: false, problem: `couldn't find remote ref "${ref}"` };
}

function resolveSemver(range: string, { refs }: GitRefs): ResolvedRef {
  const wanted = parseRange(range);
  if (wanted === undefined) return { ok: false, problem: `semver range "${range}" does not parse` };
  const tags = Object.keys(refs)
    .filter((ref) => ref.startsWith('refs/tags/'))
    .map((ref) => ref.slice('refs/tags/'.length))
    .filter((tag) => isVersion(tag) && wanted.has(tag))
    .sort(byVersion);
  const [best] = tags;
  if (best === undefined) return { ok: false, problem: `no match found for semver: ${range}` };
  return resolveName(`refs/tags/${best}`, best, { refs });
}
