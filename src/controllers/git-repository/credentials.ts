import type { GitRepository } from '#api/flux/git-repository.js';
import {
  parseGitCredentials,
  parseProxy,
  type ParsedCredentials,
} from '#core/gitops/source/git/git-credentials.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { GitCredentials } from '#ports/git-remote.js';
import type { GitHubApps } from '#ports/github-app.js';
import type { Kube } from '#ports/kube.js';
import { readSecret } from '../source/secrets.js';
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

async function parseSecrets(kube: Kube, object: GitRepository): Promise<SourceOutcome<ParsedCredentials>> {
  const namespace = object.metadata.namespace ?? '';
  const { secretRef, proxySecretRef } = object.spec;
  const login =
    secretRef === undefined
      ? ({ ok: true, value: {} } as const)
      : await readSecret(
          kube,
          { namespace, name: secretRef.name, field: 'spec.secretRef' },
          (values, subject) => parseGitCredentials(object.spec, values, subject),
        );
  if (!login.ok || proxySecretRef === undefined) return login;
  const reference = { namespace, name: proxySecretRef.name, field: 'spec.proxySecretRef' };
  const proxy = await readSecret(kube, reference, parseProxy);
  return proxy.ok ? { ok: true, value: { ...login.value, proxy: proxy.value } } : proxy;
}
