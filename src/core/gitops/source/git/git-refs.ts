import type { GitRepositoryRef } from '#api/flux/git-repository.js';
import { byVersion, isSameVersion, isVersion, parseRange, type VersionRange } from '../version-range.js';

/** What a remote offers: the hash of each full ref name; annotated tags are peeled to their commit. */
export interface GitRefs {
  readonly refs: Readonly<Record<string, string>>;
  /** When commits were committed, in seconds; of those alone whose tags are the same version. */
  readonly committed?: Readonly<Record<string, number>>;
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

function resolveSemver(range: string, offered: GitRefs): ResolvedRef {
  const wanted = parseRange(range);
  if (wanted === undefined) return { ok: false, problem: `semver range "${range}" does not parse` };
  const { refs, committed = {} } = offered;
  const timeOf = (tag: string): number => committed[refs[`refs/tags/${tag}`] ?? ''] ?? 0;
  const [best, ...others] = highest(wanted, offered);
  if (best === undefined) return { ok: false, problem: `no match found for semver: ${range}` };
  const latest = others.reduce((found, tag) => (timeOf(tag) > timeOf(found) ? tag : found), best);
  return resolveName(`refs/tags/${latest}`, latest, { refs });
}

/** The tags of the highest version in the range, by name. */
function highest(wanted: VersionRange, { refs }: GitRefs): readonly string[] {
  const tags = Object.keys(refs)
    .filter((ref) => ref.startsWith('refs/tags/'))
    .map((ref) => ref.slice('refs/tags/'.length))
    .filter((tag) => isVersion(tag) && wanted.has(tag))
    .sort(byVersion);
  const [first] = tags;
  return first === undefined ? [] : tags.filter((tag) => isSameVersion(tag, first));
}

/** A tag and its commit. */
export interface TagOfCommit {
  readonly ref: string;
  readonly commit: string;
}

/** Tags of which the time of the commit decides: they are the same version, and name different commits. */
export function tiedTags(wanted: GitRepositoryRef | undefined, offered: GitRefs): readonly TagOfCommit[] {
  const { commit, name, tag, semver } = wanted ?? {};
  const range = [commit, name, tag].some(isSet) || !isSet(semver) ? undefined : parseRange(semver);
  if (range === undefined) return [];
  const tied = highest(range, offered).flatMap((each): readonly TagOfCommit[] => {
    const ref = `refs/tags/${each}`;
    const named = offered.refs[ref];
    return named === undefined ? [] : [{ ref, commit: named }];
  });
  return new Set(tied.map((each) => each.commit)).size > 1 ? tied : [];
}

/** When a commit was committed, in seconds, as its object says; `undefined` when it does not. */
export function committedAt(commitObject: string): number | undefined {
  const head = commitObject.slice(0, Math.max(0, commitObject.indexOf('\n\n')));
  const seconds = /^committer .* (\d+) [+-]\d{4}$/m.exec(head)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
