import { createHash, createHmac } from 'node:crypto';
import type { Instant } from '#core/time/instant.js';

/** Who signs. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

/** A request as it will be sent; header names in lower case. `host` follows from the URL. */
export interface SignableRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** For whom and when. */
export interface SigningScope {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** The name under which the service signs, for instance `monitoring` or `aps`. */
  readonly service: string;
  readonly now: Instant;
}

/** The headers that make a request an AWS Signature Version 4 one: `authorization`, `x-amz-date` and the session's token. */
export function signRequest(request: SignableRequest, scope: SigningScope): Readonly<Record<string, string>> {
  const { credentials, region, service } = scope;
  const amzDate = `${new Date(scope.now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const day = amzDate.slice(0, 8);
  const added = {
    'x-amz-date': amzDate,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const headers = { ...request.headers, host: request.url.host, ...added };
  const names = Object.keys(headers).sort();
  const credentialScope = `${day}/${region}/${service}/aws4_request`;
  const canonical = canonicalRequest(request, headers, names);
  const text = ['AWS4-HMAC-SHA256', amzDate, credentialScope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${credentials.secretAccessKey}`, day),
  );
  const signature = hmac(key, text).toString('hex');
  const who = `Credential=${credentials.accessKeyId}/${credentialScope}`;
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 ${who}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function canonicalRequest(
  { method, url, body }: SignableRequest,
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): string {
  const query = [...url.searchParams]
    .map(([key, value]) => [encode(key), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join('='))
    .join('&');
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  const path = url.pathname.split('/').map(encode).join('/');
  return [method, path, query, lines.join(''), names.join(';'), sha256(body)].join('\n');
}

/** As RFC 3986 has it, which is stricter than encodeURIComponent. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
