/** Where a bucket is and how it is reached. Secrets in here are never part of a message. */
export interface BucketAccess {
  /** Host and port. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Plain HTTP. */
  readonly isInsecure: boolean;
  /** Absent: everybody may read it. */
  readonly login?: { readonly accessKey: string; readonly secretKey: string };
  readonly caCertificate?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly proxy?: { readonly address: string; readonly username?: string; readonly password?: string };
  /** For each call. */
  readonly timeoutMs: number;
}

/** An object in a bucket; the tag changes with the content. */
export interface BucketObject {
  readonly key: string;
  readonly etag: string;
}

/** A store that speaks S3. Every method throws an `AppError` (RemoteUnreachable, RemoteDenied, RemoteInvalid). */
export interface ObjectStore {
  hasBucket(access: BucketAccess): Promise<boolean>;
  /** Every object whose key begins so. */
  list(access: BucketAccess, prefix: string): Promise<readonly BucketObject[]>;
  /** `undefined` when there is no such object (any more). */
  get(
    access: BucketAccess,
    key: string,
  ): Promise<(BucketObject & { readonly content: Uint8Array }) | undefined>;
}
