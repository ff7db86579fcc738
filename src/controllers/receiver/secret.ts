import type { Receiver } from '#api/flux/receiver.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { TokenOutcome } from '#core/receiver/decide-receiver.js';
import type { Kube } from '#ports/kube.js';

/** The Secret of a Receiver, decoded; a Receiver of identity tokens may have none. */
export async function readToken(kube: Kube, object: Receiver): Promise<TokenOutcome> {
  const { secretRef } = object.spec;
  if (secretRef === undefined) return { ok: true, token: '' };
  const values = await readSecret(kube, object.metadata.namespace ?? '', secretRef.name);
  if (!values.ok) return values;
  const token = values.values['token'] ?? '';
  const subject = `Secret/${object.metadata.namespace ?? ''}/${secretRef.name}`;
  if (token === '') return { ok: false, problem: `${subject}: key 'token' is missing` };
  return { ok: true, token };
}

/** Every key of a Secret, or that there is none. */
export async function readSecret(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string }
> {
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined)
    return {
      ok: false,
      problem: `Secret/${namespace}/${name}: not found; create it or change the reference`,
    };
  const values = Object.entries(secret.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  );
  return { ok: true, values: Object.fromEntries(values) };
}
