import type { OciRepository } from '#api/flux/oci-repository.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import {
  cosignPayloadType,
  cosignSignature,
  isAbout,
  signatureTagOf,
} from '#core/gitops/source/oci/cosign.js';
import { referenceOf, type OciTarget } from '#core/gitops/source/oci/oci-model.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { BlobVerifier, OciAccess, OciLayer, OciRegistry } from '#ports/oci-registry.js';
import { readSecret } from '../source/secrets.js';

interface Ports {
  readonly kube: Kube;
  readonly registry: OciRegistry;
  readonly blobs: BlobVerifier;
}

/** Checks that one of the keys has signed the manifest, as cosign does it with a key. */
export async function verifySignature(
  ports: Ports,
  object: OciRepository,
  { digest, revision }: OciTarget,
  access: OciAccess,
): Promise<SourceOutcome<string>> {
  const name = object.spec.verify?.secretRef?.name ?? '';
  const reference = { namespace: object.metadata.namespace ?? '', name, field: 'spec.verify.secretRef' };
  const keys = await readSecret(ports.kube, reference, (values) => ({
    ok: true,
    value: Object.entries(values).flatMap(([key, value]) => (key.endsWith('.pub') ? [value] : [])),
  }));
  if (!keys.ok) return failed(keys.problem.message);
  try {
    const layers = await signaturesOf(ports.registry, access, digest);
    for (const layer of layers) {
      if (await isGood(ports, access, { layer, digest, keys: keys.value })) {
        return { ok: true, value: `verified signature of revision ${revision}` };
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.class === 'Bug') throw thrown;
    return failed(thrown.message);
  }
  return failed(`no matching signatures were found for '${referenceOf(object.spec.url, revision)}'`);
}

async function signaturesOf(
  registry: OciRegistry,
  access: OciAccess,
  digest: string,
): Promise<readonly OciLayer[]> {
  try {
    const { layers } = await registry.manifest(access, signatureTagOf(digest));
    return layers.filter(({ mediaType }) => mediaType === cosignPayloadType);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'RemoteMissing') return [];
    throw thrown;
  }
}

async function isGood(
  { registry, blobs }: Ports,
  access: OciAccess,
  { layer, digest, keys }: { layer: OciLayer; digest: string; keys: readonly string[] },
): Promise<boolean> {
  const signature = layer.annotations[cosignSignature];
  if (signature === undefined) return false;
  const payload = await registry.blob(access, layer);
  return isAbout(payload, digest) && keys.some((key) => blobs.isSignedBy(key, payload, signature));
}

function failed(why: string): SourceOutcome<never> {
  const message = `failed to verify the signature using provider 'cosign': ${why}`;
  const condition = types.sourceVerified;
  return { ok: false, problem: { reason: reasons.verificationError, message, isStalling: false, condition } };
}
