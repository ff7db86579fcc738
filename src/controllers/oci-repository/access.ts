import type { OciRepository } from '#api/flux/oci-repository.js';
import { fluxReasons } from '#api/flux/words.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { objectsAt, textAt } from '#core/json/read.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import { loginFor } from '#core/gitops/source/oci/docker-config.js';
import { parseOciUrl } from '#core/gitops/source/oci/oci-reference.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { Kube } from '#ports/kube.js';
import type { OciAccess } from '#ports/oci-registry.js';
import { readConnection } from '../source/connection.js';
import { readSecret, valuesOf } from '../source/secrets.js';

type PullSecret = { readonly subject: string; readonly config: string | undefined };

/** How the registry of an OCIRepository is reached, by what its spec names. */
export async function readAccess(kube: Kube, object: OciRepository): Promise<SourceOutcome<OciAccess>> {
  const { spec, metadata } = object;
  const namespace = metadata.namespace ?? '';
  const address = parseOciUrl(spec.url);
  if (!address.ok) return address;
  const secrets = await readPullSecrets(kube, object);
  if (!secrets.ok) return secrets;
  const login = loginFor(address.value, secrets.value);
  if (!login.ok) return login;
  const connection = await readConnection(kube, namespace, spec);
  if (!connection.ok) return connection;
  const isInsecure = spec.insecure === true;
  const { registry, repository } = address.value;
  return {
    ok: true,
    value: {
      registry,
      repository,
      isInsecure,
      isTlsUnchecked: isInsecure && spec.certSecretRef === undefined,
      timeoutMs: sourceTimeoutMs(spec),
      ...connection.value,
      ...(login.value === undefined ? {} : { login: login.value }),
    },
  };
}

/** The Secret of the spec, then those that the service account lends to pods. */
async function readPullSecrets(
  kube: Kube,
  { spec: { secretRef, serviceAccountName }, metadata }: OciRepository,
): Promise<SourceOutcome<readonly PullSecret[]>> {
  const namespace = metadata.namespace ?? '';
  const found: PullSecret[] = [];
  if (secretRef !== undefined) {
    const reference = { namespace, name: secretRef.name, field: 'spec.secretRef' };
    const read = await readSecret(kube, reference, (values, subject) => {
      return { ok: true, value: { subject, config: values['.dockerconfigjson'] } };
    });
    if (!read.ok) return read;
    found.push(read.value);
  }
  if (serviceAccountName === undefined) return { ok: true, value: found };
  const account = await kube.get({ kind: kinds.serviceAccount, namespace, name: serviceAccountName });
  if (account === undefined) {
    const message = `ServiceAccount/${namespace}/${serviceAccountName}: not found; create it or change spec.serviceAccountName`;
    return { ok: false, problem: { reason: fluxReasons.authenticationFailed, message, isStalling: false } };
  }
  return { ok: true, value: [...found, ...(await lentBy(kube, account, namespace))] };
}

async function lentBy(kube: Kube, account: KubeObject, namespace: string): Promise<readonly PullSecret[]> {
  const lent: PullSecret[] = [];
  for (const { name } of objectsAt(account, 'imagePullSecrets').map((each) => ({
    name: textAt(each, 'name'),
  }))) {
    if (name === undefined) continue;
    const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
    // As for pods: one that is not there lends nothing.
    if (secret === undefined) continue;
    lent.push({ subject: `Secret/${namespace}/${name}`, config: valuesOf(secret)['.dockerconfigjson'] });
  }
  return lent;
}
