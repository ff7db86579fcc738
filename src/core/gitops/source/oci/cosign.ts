import { objectAt, textAt } from '#core/json/read.js';

/** Where cosign keeps the signatures of a manifest: a tag beside it. */
export function signatureTagOf(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** The annotation of a layer with the signature over its bytes, in Base64. */
export const cosignSignature = 'dev.cosignproject.cosign/signature';

/** What the layers of signatures are. */
export const cosignPayloadType = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** Whether a signed payload is about this manifest. */
export function isAbout(payload: Uint8Array, digest: string): boolean {
  try {
    const critical = objectAt(JSON.parse(new TextDecoder().decode(payload)), 'critical');
    const isSignature = textAt(critical, 'type') === 'cosign container image signature';
    return isSignature && textAt(objectAt(critical, 'image'), 'docker-manifest-digest') === digest;
  } catch {
    // No JSON, so nothing is said.
    return false;
  }
}
