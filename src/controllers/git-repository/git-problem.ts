import type { GitRepository } from '#api/flux/git-repository.js';
import { fluxConditions, fluxReasons as reasons } from '#api/flux/words.js';
import type { SourceProblem } from '#core/gitops/source/source-run.js';
import { AppError, type ErrorCode } from '#ports/errors.js';

type SourceObject = Pick<GitRepository, 'metadata' | 'spec'>;

interface Words {
  readonly reason: string;
  /** What the user can do; absent when the message says so itself. */
  hint?(object: SourceObject): string;
}

const words: Partial<Record<ErrorCode, Words>> = {
  GitUnreachable: { reason: reasons.gitOperationFailed, hint: () => 'check spec.url and the network' },
  GitRefMissing: { reason: reasons.gitOperationFailed, hint: () => 'push it or change spec.ref' },
  GitInvalid: { reason: reasons.gitOperationFailed },
  ToolMissing: { reason: reasons.gitOperationFailed },
  GitDenied: { reason: reasons.authenticationFailed, hint: loginHint },
  GitPathMissing: { reason: reasons.invalidPath },
  ArtifactCorrupt: { reason: reasons.archiveOperationFailed },
  ArtifactMissing: { reason: reasons.copyFailure },
};

/** What a user can read of a failure of git or of the store: cause and what to do; `undefined` for anything else. */
export function gitProblemOf(thrown: unknown, object: SourceObject): SourceProblem | undefined {
  if (!(thrown instanceof AppError)) return undefined;
  const said = words[thrown.code];
  if (said === undefined) return undefined;
  if (said.reason === reasons.archiveOperationFailed || said.reason === reasons.copyFailure) {
    const { message } = thrown;
    const condition = fluxConditions.storageOperationFailed;
    return { reason: said.reason, message, isStalling: false, condition };
  }
  const isPath = thrown.code === 'GitPathMissing';
  const prefix = isPath ? '' : 'failed to checkout and determine revision: ';
  const hint = said.hint === undefined ? '' : `; ${said.hint(object)}`;
  return { reason: said.reason, message: `${prefix}${thrown.message}${hint}`, isStalling: false };
}

function loginHint({ metadata, spec }: SourceObject): string {
  return spec.secretRef === undefined
    ? 'set spec.secretRef to a Secret with credentials'
    : `check Secret/${metadata.namespace ?? ''}/${spec.secretRef.name} of spec.secretRef`;
}
