import { createPublicKey, verify } from 'node:crypto';
import type { BlobVerifier } from '#ports/oci-registry.js';

/** Checks signatures as cosign makes them with a key: SHA-256 with ECDSA or RSA, or Ed25519. */
export function createBlobVerifier(): BlobVerifier {
  return {
    isSignedBy: (publicKey, payload, signature) => {
      try {
        const key = createPublicKey(publicKey);
        const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
        return verify(hash, payload, key, Buffer.from(signature, 'base64'));
      } catch {
        // No public key in PEM, or no signature of its kind.
        return false;
      }
    },
  };
}
