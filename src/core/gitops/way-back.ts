/** A commit, and what it means for the object that shall go back. */
export interface CommitState {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
  readonly isMerge: boolean;
  /** Equal for equal manifests; absent when the commit does not build. */
  readonly digest?: string;
}

/** Which commits are reverted, newest first, and the commit whose state comes back. */
export type WayBack =
  | { readonly ok: true; readonly target: CommitState; readonly reverted: readonly CommitState[] }
  | { readonly ok: false; readonly problem: string };

/**
 * The commits that brought the current state of an object, as far back as a commit that had another one. What other
 * commits did between stays.
 * @param states - newest first, along the branch.
 * @param to - the beginning of the hash of the commit whose state shall come back; default the newest that had another.
 */
export function findWayBack(states: readonly CommitState[], to?: string): WayBack {
  const [current] = states;
  if (current === undefined) return { ok: false, problem: 'the branch has no commit' };
  const at =
    to === undefined
      ? states.findIndex(({ digest }) => digest !== undefined && digest !== current.digest)
      : states.findIndex(({ sha }) => sha.startsWith(to));
  const target = states[at];
  if (target === undefined) {
    const what = to === undefined ? 'no other state' : `no commit ${to}`;
    return { ok: false, problem: `${what} in the last ${states.length} commits of the branch` };
  }
  if (target.digest === current.digest)
    return { ok: false, problem: `commit ${target.sha.slice(0, 12)} has the same state already` };
  const reverted = states.slice(0, at).filter(({ digest }, i) => digest !== states[i + 1]?.digest);
  return { ok: true, target, reverted };
}

/** The message of the commit that goes back, with what it was made of. */
export function revertMessage(
  subject: string,
  { target, reverted }: WayBack & { readonly ok: true },
  reason: string,
): string {
  const lines = reverted.map(({ sha, subject: said }) => `This reverts commit ${sha} ("${said}").`);
  const back = `It brings back the state of ${target.sha} ("${target.subject}").`;
  const why = reason === '' ? [] : ['', reason];
  return [`Revert ${subject} to ${target.sha.slice(0, 12)}`, '', ...lines, back, ...why, ''].join('\n');
}
