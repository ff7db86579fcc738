import type { GitRepositorySpec } from '#api/flux/git-repository.js';
import { fluxReasons } from '#api/flux/words.js';
import { parseGoDuration } from '#core/time/duration.js';
import type { SourceProblem } from './git-memory.js';

/** Shortest time between two runs that fail, and the longest. */
const retryMinMs = 750;
const retryMaxMs = 15 * 60_000;

/** What makes the spec unusable until it is edited; the field stands first in the message. */
export function gitSpecProblem(spec: GitRepositorySpec): SourceProblem | undefined {
  if (!/^(http|https|ssh):\/\/./.test(spec.url) || !URL.canParse(spec.url)) {
    return stalled(fluxReasons.urlInvalid, `spec.url: "${spec.url}" is no http, https or ssh URL`);
  }
  if (/^https?:\/\/[^/]*@/.test(spec.url)) {
    return stalled(
      fluxReasons.urlInvalid,
      'spec.url: must not hold credentials; put username and password into the Secret of spec.secretRef',
    );
  }
  if (parseGoDuration(spec.interval) === undefined) {
    return stalled(fluxReasons.urlInvalid, `spec.interval: "${spec.interval}" is no duration`);
  }
  if (spec.provider !== undefined && spec.provider !== 'generic') {
    return stalled(
      fluxReasons.invalidProviderConfiguration,
      `spec.provider: "${spec.provider}" is not served; use generic with a Secret in spec.secretRef`,
    );
  }
  if (spec.verify !== undefined) {
    return stalled(
      fluxReasons.verificationError,
      'spec.verify: signatures are not checked by this version; remove the field to accept unverified commits',
    );
  }
  if (spec.include !== undefined && spec.include.length > 0) {
    return stalled(
      fluxReasons.illegalPath,
      'spec.include: other repositories are not included by this version; remove the field',
    );
  }
  return undefined;
}

/** The time limit of one call of git. */
export function gitTimeoutMs(spec: GitRepositorySpec): number {
  return parseGoDuration(spec.timeout ?? '60s') ?? 60_000;
}

/** How long after a run that failed for the n-th time in a row the next begins. */
export function retryDelayMs(failures: number): number {
  return Math.min(retryMaxMs, retryMinMs * 2 ** Math.max(0, failures - 1));
}

function stalled(reason: string, message: string): SourceProblem {
  return { reason, message, isStalling: true };
}
