import { fluxReasons } from '#api/flux/words.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { SecretValues } from '#core/gitops/source/git/git-credentials.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { Kube } from '#ports/kube.js';

/** A Secret that a spec names. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  /** The field of the spec, for instance `spec.secretRef`. */
  readonly field: string;
}

/** Reads a Secret and what it means. A missing one is a problem with the reason AuthenticationFailed. */
export async function readSecret<T>(
  kube: Kube,
  { namespace, name, field }: SecretReference,
  parse: (values: SecretValues, subject: string) => SourceOutcome<T>,
): Promise<SourceOutcome<T>> {
  const subject = `Secret/${namespace}/${name}`;
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined) {
    const message = `${subject}: not found; create it or change ${field}`;
    return { ok: false, problem: { reason: fluxReasons.authenticationFailed, message, isStalling: false } };
  }
  return parse(valuesOf(secret), subject);
}

/** The values of a Secret, decoded as text. */
export function valuesOf(secret: Secret): SecretValues {
  const values = Object.entries(secret.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const,
  );
  return Object.fromEntries(values);
}
