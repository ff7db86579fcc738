import { AppError } from '#ports/errors.js';
import type { BucketObject } from '#ports/object-store.js';

/** A page of a listing. */
export interface Listing {
  readonly objects: readonly BucketObject[];
  /** The token of the next page. */
  readonly next?: string;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Reads a `ListBucketResult` whose keys are encoded as in URLs. */
export function readListing(xml: string): Listing {
  if (!/<ListBucketResult[\s>]/.test(xml))
    throw new AppError('RemoteInvalid', 'the listing of the bucket is no XML of S3');
  const isEncoded = textOf(xml, 'EncodingType') === 'url';
  const objects = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, entry = '']) => {
    const key = textOf(entry, 'Key') ?? '';
    const etag = (textOf(entry, 'ETag') ?? '').replaceAll('"', '');
    return { key: isEncoded ? decodeKey(key) : key, etag };
  });
  const next = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
  return { objects, ...(next === undefined ? {} : { next }) };
}

/** The `Code` of an error of S3, for instance `AccessDenied`. */
export function readErrorCode(xml: string): string | undefined {
  const code = textOf(xml, 'Code');
  return code !== undefined && /^\w{1,64}$/.test(code) ? code : undefined;
}

function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new AppError('RemoteInvalid', 'the listing of the bucket has a key that is not encoded as asked');
  }
}
