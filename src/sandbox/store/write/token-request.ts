import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, textsAt } from '#core/json/read.js';
import { addMs, formatInstant } from '#core/time/instant.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import type { Outcome, View } from '../view.js';
import { storedObject } from './update.js';

const hourS = 3600;

/**
 * Answers a TokenRequest of a ServiceAccount with a token that says for whom, for which audiences and until when it is, and
 * that nobody has signed; nothing is stored.
 */
export function requestToken(view: View, resource: Resource, request: ApiRequest): Outcome {
  const { metadata } = storedObject(view, resource, request);
  const { namespace = '', name } = metadata;
  const body: JsonObject = isObject(request.body) ? request.body : {};
  const seconds = numberAt(body['spec'], 'expirationSeconds') ?? hourS;
  const asked = textsAt(body['spec'], 'audiences');
  const audiences = asked.length === 0 ? ['https://kubernetes.default.svc'] : asked;
  const expires = addMs(view.now, seconds * 1000);
  const claims = {
    aud: audiences,
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: Math.floor(view.now / 1000),
    exp: Math.floor(expires / 1000),
  };
  const answer = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name, namespace },
    spec: { audiences, expirationSeconds: seconds },
    status: {
      token: [{ alg: 'none', typ: 'JWT' }, claims].map(encoded).join('.') + '.',
      expirationTimestamp: formatInstant(expires),
    },
  };
  return { response: { code: 201, body: answer } };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
