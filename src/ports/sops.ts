import type { KeyService, ServiceKey, SopsMetadata } from '#core/gitops/sops/metadata.js';
import type { SealedValue } from '#core/gitops/sops/tree.js';

/** What a user has to open data keys with: the Secret and the account that `spec.decryption` names. */
export interface DecryptionKeys {
  /** Identities of age, one a line. */
  readonly age: readonly string[];
  /** Armored private keys of OpenPGP. */
  readonly pgp: readonly string[];
  /** Credentials for key services, as they stand in the Secret. */
  readonly credentials?: Readonly<Partial<Record<KeyService, string>>>;
  /** Who asks key services, where they know accounts of the cluster. */
  readonly account?: AccountPlace;
}

/** A ServiceAccount, by its place. */
export interface AccountPlace {
  readonly namespace: string;
  readonly name: string;
}

/** Asks key services. */
export interface KeyServices {
  /** The data key. Throws BuildFailed with the reason when no service gives it; no secret is part of a message. */
  unseal(key: ServiceKey, keys: DecryptionKeys): Promise<Uint8Array>;
}

/** Opens what SOPS has encrypted. Every method throws BuildFailed and nothing else; no value is part of a message. */
export interface Sops {
  /** The data key, with the first of the keys that opens it; of several groups, made of the parts that each opens. */
  unlock(metadata: SopsMetadata, keys: DecryptionKeys): Promise<Uint8Array>;
  /** @param path - what was sealed with the value. */
  open(dataKey: Uint8Array, value: SealedValue, path: string): string;
}
