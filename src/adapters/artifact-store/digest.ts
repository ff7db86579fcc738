import { createHash } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3.js';

/** What digests of artifacts may be made with. */
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** As the flag `--artifact-digest-algo` of the peer. */
export const digestAlgorithms = ['sha256', 'sha1', 'sha384', 'sha512', 'blake3'] as const;

/** `<algorithm>:<hex>` */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): string {
  return `${algorithm}:${hexOf(bytes, algorithm)}`;
}

function hexOf(bytes: Uint8Array, algorithm: DigestAlgorithm): string {
  if (algorithm === 'blake3') return Buffer.from(blake3(bytes)).toString('hex');
  return createHash(algorithm).update(bytes).digest('hex');
}

/** Whether the bytes have this digest, by the algorithm that it names; a digest of an unknown one nothing has. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  const algorithm = digestAlgorithms.find((each) => digest.startsWith(`${each}:`));
  return algorithm !== undefined && digestOf(bytes, algorithm) === digest;
}
