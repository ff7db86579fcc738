/** Where an artifact repository is and how it is reached. Secrets in here are never part of a message. */
export interface OciAccess {
  /** Host and port of the API. */
  readonly registry: string;
  /** For instance `org/app`. */
  readonly repository: string;
  /** Plain HTTP is allowed. */
  readonly isInsecure: boolean;
  /** The certificate of the registry is not checked. */
  readonly isTlsUnchecked: boolean;
  readonly login?: OciLogin;
  readonly caCertificate?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly proxy?: { readonly address: string; readonly username?: string; readonly password?: string };
  /** For each call. */
  readonly timeoutMs: number;
}

/** A user, a token to be exchanged, or a token as it is. */
export type OciLogin =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string }
  | { readonly registryToken: string };

export interface OciManifest {
  readonly annotations: Readonly<Record<string, string>>;
  readonly layers: readonly OciLayer[];
}

export interface OciLayer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A container registry. Every method throws an `AppError` (RemoteUnreachable, RemoteDenied, RemoteMissing, RemoteInvalid). */
export interface OciRegistry {
  listTags(access: OciAccess): Promise<readonly string[]>;
  /** The digest of the manifest that the tag names now. */
  digestOf(access: OciAccess, tag: string): Promise<string>;
  /** A manifest by tag or digest; of an index that for linux/amd64. What is named by digest has it. */
  manifest(access: OciAccess, reference: string): Promise<OciManifest>;
  /** The bytes of a layer; they have its digest. */
  blob(access: OciAccess, layer: OciLayer): Promise<Uint8Array>;
}

/** Checks a signature that a key of a Secret has made. Never throws. */
export interface BlobVerifier {
  /** @param publicKey - PEM. @param signature - in Base64. */
  isSignedBy(publicKey: string, payload: Uint8Array, signature: string): boolean;
}
