/** Bytes and an armored signature over them. */
export interface SignedBytes {
  readonly payload: Uint8Array;
  /** PGP or SSH, as its armor says; empty when there is none. */
  readonly signature: string;
}

/** Whom to trust. */
export interface TrustedKeys {
  /** Armored PGP public keys, each text one ring. */
  readonly pgp: readonly string[];
  /** Lines as in authorized_keys. */
  readonly ssh: readonly string[];
}

/** Whose signature it is, or why it is nobody's. */
export type SignatureVerdict =
  | {
      readonly ok: true;
      /** The id of a PGP key, or the SHA256 fingerprint of an SSH key. */
      readonly key: string;
    }
  | { readonly ok: false; readonly why: string };

/** Checks signatures of Git objects. Never throws: what cannot be read is no good signature. */
export interface SignatureVerifier {
  verify(signed: SignedBytes, trusted: TrustedKeys): Promise<SignatureVerdict>;
}
