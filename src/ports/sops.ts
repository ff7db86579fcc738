import type { SopsMetadata } from '#core/gitops/sops/metadata.js';
import type { SealedValue } from '#core/gitops/sops/tree.js';

/** Private keys of a user, as in the Secret that `spec.decryption` names. */
export interface DecryptionKeys {
  /** Identities of age, one a line. */
  readonly age: readonly string[];
  /** Armored private keys of OpenPGP. */
  readonly pgp: readonly string[];
}

/** Opens what SOPS has encrypted. Every method throws BuildFailed and nothing else; no value is part of a message. */
export interface Sops {
  /** The data key, with the first of the keys that opens it. */
  unlock(metadata: SopsMetadata, keys: DecryptionKeys): Promise<Uint8Array>;
  /** @param path - what was sealed with the value. */
  open(dataKey: Uint8Array, value: SealedValue, path: string): string;
}
