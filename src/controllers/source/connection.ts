import { parseProxy, parseTls, type ParsedCredentials } from '#core/gitops/source/git/git-credentials.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { Kube } from '#ports/kube.js';
import { readSecret } from './secrets.js';

type Named = { readonly name: string };

/** Where two Secrets of a remote are named: its login or certificates, and its proxy. */
interface Names {
  readonly field: 'spec.secretRef' | 'spec.certSecretRef';
  readonly ref: Named | undefined;
  readonly proxySecretRef: Named | undefined;
}

/** What two Secrets say; the first is read by `parse`. */
export async function readWithProxy(
  kube: Kube,
  namespace: string,
  { field, ref, proxySecretRef }: Names,
  parse: Parameters<typeof readSecret<ParsedCredentials>>[2],
): Promise<SourceOutcome<ParsedCredentials>> {
  const first: SourceOutcome<ParsedCredentials> =
    ref === undefined
      ? { ok: true, value: {} }
      : await readSecret(kube, { namespace, name: ref.name, field }, parse);
  if (!first.ok || proxySecretRef === undefined) return first;
  const reference = { namespace, name: proxySecretRef.name, field: 'spec.proxySecretRef' };
  const proxy = await readSecret(kube, reference, parseProxy);
  return proxy.ok ? { ok: true, value: { ...first.value, proxy: proxy.value } } : proxy;
}

/** Certificates and proxy of a remote, by the Secrets that `spec.certSecretRef` and `spec.proxySecretRef` name. */
export const readConnection = (
  kube: Kube,
  namespace: string,
  { certSecretRef, proxySecretRef }: { readonly certSecretRef?: Named; readonly proxySecretRef?: Named },
): Promise<SourceOutcome<Pick<ParsedCredentials, 'caCertificate' | 'clientCertificate' | 'proxy'>>> =>
  readWithProxy(
    kube,
    namespace,
    { field: 'spec.certSecretRef', ref: certSecretRef, proxySecretRef },
    (values) => ({ ok: true, value: parseTls(values) }),
  );
