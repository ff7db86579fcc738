import type { GitRepository } from '#api/flux/git-repository.js';
import { fluxReasons } from '#api/flux/words.js';
import { parseGitCredentials, type ParsedCredentials } from '#core/gitops/source/git/git-credentials.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { GitCredentials } from '#ports/git-remote.js';
import type { GitHubApps } from '#ports/github-app.js';
import type { Kube } from '#ports/kube.js';
import { readWithProxy } from '../source/connection.js';
import { gitProblemOf } from './git-problem.js';

/** Reads the Secrets that a GitRepository names, and asks for a token when they are those of a GitHub App. */
export async function readCredentials(
  kube: Kube,
  apps: GitHubApps,
  object: GitRepository,
): Promise<SourceOutcome<GitCredentials>> {
  const parsed = await parseSecrets(kube, object);
  if (!parsed.ok) return parsed;
  const { githubApp, ...credentials } = parsed.value;
  if (githubApp === undefined) return { ok: true, value: credentials };
  const { caCertificate, proxy } = credentials;
  const login = {
    ...githubApp,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    ...(proxy === undefined ? {} : { proxy }),
  };
  try {
    const password = await apps.tokenOf(login, sourceTimeoutMs(object.spec));
    return { ok: true, value: { ...credentials, basic: { username: 'x-access-token', password } } };
  } catch (thrown) {
    const problem = gitProblemOf(thrown, object);
    if (problem === undefined) throw thrown;
    return { ok: false, problem };
  }
}

/** Nothing is asked of a server that lets nobody in without a key. */
const withoutKey = {
  ok: false,
  problem: {
    reason: fluxReasons.authenticationFailed,
    message:
      "failed to configure authentication options: invalid 'ssh' auth option: 'identity' is required; set spec.secretRef to a Secret with identity and known_hosts",
    isStalling: false,
  },
} as const;

function parseSecrets(
  kube: Kube,
  { metadata, spec }: GitRepository,
): Promise<SourceOutcome<ParsedCredentials>> {
  const { secretRef, proxySecretRef } = spec;
  if (secretRef === undefined && spec.url.startsWith('ssh://')) return Promise.resolve(withoutKey);
  const names = { field: 'spec.secretRef', ref: secretRef, proxySecretRef } as const;
  return readWithProxy(kube, metadata.namespace ?? '', names, (values, subject) =>
    parseGitCredentials(spec, values, subject),
  );
}
