import type { GitRepositorySpec } from '#api/flux/git-repository.js';
import { fluxReasons } from '#api/flux/words.js';
import { parseGoDuration } from '#core/time/duration.js';
import { stalled, type SourceProblem } from '../source-run.js';

/** What makes the spec unusable until it is edited; the field stands first in the message. */
export function gitSpecProblem(spec: GitRepositorySpec): SourceProblem | undefined {
  if (!/^(http|https|ssh):\/\/./.test(spec.url) || !URL.canParse(spec.url)) {
    return stalled(fluxReasons.urlInvalid, `spec.url: "${shownUrl(spec.url)}" is no http, https or ssh URL`);
  }
  if (/^https?:/.test(spec.url) && new URL(spec.url).password !== '') {
    return stalled(
      fluxReasons.urlInvalid,
      'spec.url: must not hold a password; put username and password into the Secret of spec.secretRef',
    );
  }
  if (parseGoDuration(spec.interval) === undefined) {
    return stalled(fluxReasons.urlInvalid, `spec.interval: "${spec.interval}" is no duration`);
  }
  if (spec.url.startsWith('ssh://') && spec.proxySecretRef !== undefined) {
    const message = 'spec.proxySecretRef: is not served for ssh URLs; use https, or remove it';
    return stalled(fluxReasons.invalidProviderConfiguration, message);
  }
  return providerProblem(spec);
}

function providerProblem({
  provider = 'generic',
  secretRef,
  serviceAccountName,
}: GitRepositorySpec): SourceProblem | undefined {
  if (provider === 'generic') return undefined;
  if (provider === 'github') {
    const message = 'secretRef with github app data must be specified when provider is set to github';
    return secretRef === undefined ? stalled(fluxReasons.invalidProviderConfiguration, message) : undefined;
  }
  if (serviceAccountName !== undefined) {
    return stalled(
      fluxReasons.featureGateDisabled,
      'to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller',
    );
  }
  return stalled(
    fluxReasons.invalidProviderConfiguration,
    `spec.provider: "${provider}" is not served; use generic or github with a Secret in spec.secretRef`,
  );
}

/** The time limit of one operation on a source. */
export function sourceTimeoutMs({ timeout = '60s' }: { readonly timeout?: string }): number {
  return parseGoDuration(timeout) ?? 60_000;
}

/** The URL as it may be shown: without a password. */
export function shownUrl(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, '$1***@');
}
