import type { GitRepository } from '#api/flux/git-repository.js';
import { fluxReasons } from '#api/flux/words.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import {
  parseGitCredentials,
  parseGitProxy,
  type ParsedCredentials,
  type SecretValues,
} from '#core/gitops/source/git-credentials.js';
import type { SourceOutcome } from '#core/gitops/source/git-memory.js';
import type { Kube } from '#ports/kube.js';

/** Reads the Secrets that a GitRepository names. They are read when they are needed and kept nowhere. */
export async function readCredentials(
  kube: Kube,
  object: GitRepository,
): Promise<SourceOutcome<ParsedCredentials>> {
  const namespace = object.metadata.namespace ?? '';
  const { secretRef, proxySecretRef, url } = object.spec;
  const login =
    secretRef === undefined
      ? ({ ok: true, value: {} } as const)
      : await readSecret(kube, namespace, secretRef.name, 'spec.secretRef', (values, subject) =>
          parseGitCredentials(url, values, subject),
        );
  if (!login.ok || proxySecretRef === undefined) return login;
  const proxy = await readSecret(kube, namespace, proxySecretRef.name, 'spec.proxySecretRef', parseGitProxy);
  return proxy.ok ? { ok: true, value: { ...login.value, ...proxy.value } } : proxy;
}

async function readSecret<T>(
  kube: Kube,
  namespace: string,
  name: string,
  field: string,
  parse: (values: SecretValues, subject: string) => SourceOutcome<T>,
): Promise<SourceOutcome<T>> {
  const subject = `Secret/${namespace}/${name}`;
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined) {
    const message = `${subject}: not found; create it or change ${field}`;
    return { ok: false, problem: { reason: fluxReasons.authenticationFailed, message, isStalling: false } };
  }
  const values = Object.entries(secret.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const,
  );
  return parse(Object.fromEntries(values), subject);
}
