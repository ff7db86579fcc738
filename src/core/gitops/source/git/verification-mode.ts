import type { GitRepositorySpec } from '#api/flux/git-repository.js';

type Verify = NonNullable<GitRepositorySpec['verify']>;

/** What is checked: the commit, the annotated tag, or both. */
export type VerificationMode = 'HEAD' | 'Tag' | 'TagAndHEAD';

/** The mode of a spec; `head` is an old spelling, and nothing means `HEAD`. */
export function verificationModeOf({ mode = 'HEAD' }: Verify): VerificationMode {
  return mode === 'head' ? 'HEAD' : mode;
}

/** Whether the signature of the tag is checked. */
export function verifiesTag(verify: Verify): boolean {
  return verificationModeOf(verify) !== 'HEAD';
}

/** Whether the signature of the commit is checked. */
export function verifiesHead(verify: Verify): boolean {
  return verificationModeOf(verify) !== 'Tag';
}

/** Whether something must be checked that was not when the artifact was made; `observed` is what the status says. */
export function isWiderMode(mode: VerificationMode, observed: string | undefined): boolean {
  return observed !== mode && observed !== 'TagAndHEAD';
}
