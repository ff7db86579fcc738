import { parseProxy, parseTls, type ParsedCredentials } from '#core/gitops/source/git/git-credentials.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { Kube } from '#ports/kube.js';
import { readSecret } from './secrets.js';

type Named = { readonly name: string };

/** Certificates and proxy of a remote, by the Secrets that `spec.certSecretRef` and `spec.proxySecretRef` name. */
export async function readConnection(
  kube: Kube,
  namespace: string,
  { certSecretRef, proxySecretRef }: { readonly certSecretRef?: Named; readonly proxySecretRef?: Named },
): Promise<SourceOutcome<Pick<ParsedCredentials, 'caCertificate' | 'clientCertificate' | 'proxy'>>> {
  const tls =
    certSecretRef === undefined
      ? ({ ok: true, value: {} } as const)
      : await readSecret(
          kube,
          { namespace, name: certSecretRef.name, field: 'spec.certSecretRef' },
          (values) => ({ ok: true, value: parseTls(values) }),
        );
  if (!tls.ok || proxySecretRef === undefined) return tls;
  const reference = { namespace, name: proxySecretRef.name, field: 'spec.proxySecretRef' };
  const proxy = await readSecret(kube, reference, parseProxy);
  return proxy.ok ? { ok: true, value: { ...tls.value, proxy: proxy.value } } : proxy;
}
