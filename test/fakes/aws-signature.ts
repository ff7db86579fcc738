import { expect } from 'chai';
import { signRequest, type SigningScope } from '#adapters/metrics/aws/sign.js';
import type { SeenRequest } from './http-server.js';

/** Holds a request, as it arrived, to the signature that these credentials make of it. */
export function expectSigned(seen: SeenRequest | undefined, address: string, scope: SigningScope): void {
  const { method = '', path = '', headers = {}, body = '' } = seen ?? {};
  const token = headers['x-amz-security-token'];
  const sessionToken = token === undefined ? {} : { sessionToken: String(token) };
  const { authorization } = signRequest(
    { method, url: new URL(path, address), headers: { 'content-type': headers['content-type'] ?? '' }, body },
    { ...scope, credentials: { ...scope.credentials, ...sessionToken } },
  );
  expect(headers.authorization).to.equal(authorization);
}
