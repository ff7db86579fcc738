import { createHash, createHmac } from 'node:crypto';
import type { Instant } from '#core/time/instant.js';

/** A GET or HEAD without a body. The path and the values of the query are as they will be sent, encoded as RFC 3986 has it. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD';
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** Who signs, for which region, and when. */
export interface S3Scope {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly now: Instant;
}

const algorithm = 'AWS4-HMAC-SHA256';
const nothing = hash('');

/** The headers of AWS Signature Version 4 for S3, whose paths are encoded once. */
export function signS3(request: S3Request, scope: S3Scope): Readonly<Record<string, string>> {
  const time = `${new Date(scope.now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const where = [time.slice(0, 8), scope.region, 's3', 'aws4_request'];
  const signed = { host: request.host, 'x-amz-content-sha256': nothing, 'x-amz-date': time };
  const names = Object.keys(signed).join(';');
  const headers = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [
    request.method,
    request.path,
    queryOf(request.query),
    headers.join(''),
    names,
    nothing,
  ].join('\n');
  const text = [algorithm, time, where.join('/'), hash(canonical)].join('\n');
  const key = where.reduce<string | Buffer>((from, part) => mac(from, part), `AWS4${scope.secretKey}`);
  const credential = `Credential=${scope.accessKey}/${where.join('/')}`;
  const signature = mac(key, text).toString('hex');
  return {
    'x-amz-content-sha256': nothing,
    'x-amz-date': time,
    authorization: `${algorithm} ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** The query in the order of its names, encoded. */
export function queryOf(query: S3Request['query']): string {
  return [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeS3(name)}=${encodeS3(value)}`)
    .join('&');
}

/** Everything but unreserved characters as `%XX`. */
export function encodeS3(text: string): string {
  const upper = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, upper);
}

function mac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
