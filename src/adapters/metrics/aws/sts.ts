import { instantOf, parseInstant, type Instant } from '#core/time/instant.js';
import type { CallHttp } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';
import { childAt, readXml, type XmlElement } from '../http/xml.js';
import { signRequest, type AwsCredentials } from './sign.js';

/** Credentials, and until when they hold; `undefined` for ever. */
export interface LeasedCredentials {
  readonly credentials: AwsCredentials;
  readonly expiresAt: Instant | undefined;
}

/** Where and when the Security Token Service is asked. */
export interface StsCall {
  readonly http: CallHttp;
  readonly endpoint: string;
  readonly region: string;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

const timeoutMs = 10_000;
const version = '2011-06-15';

/** Takes a role on with credentials that one has. Throws QueryFailure. */
export async function assumeRole(
  call: StsCall,
  own: AwsCredentials,
  role: { readonly arn: string; readonly sessionName: string; readonly externalId?: string | undefined },
): Promise<LeasedCredentials> {
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: version,
    RoleArn: role.arn,
    RoleSessionName: role.sessionName,
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
  });
  return ask(call, form, own);
}

/** Takes a role on with the token of a Kubernetes ServiceAccount. Throws QueryFailure. */
export async function assumeRoleWithWebIdentity(
  call: StsCall,
  token: string,
  role: { readonly arn: string; readonly sessionName: string },
): Promise<LeasedCredentials> {
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: version,
    RoleArn: role.arn,
    RoleSessionName: role.sessionName,
    WebIdentityToken: token,
  });
  return ask(call, form, undefined);
}

async function ask(
  { http, endpoint, region, now, signal }: StsCall,
  form: URLSearchParams,
  own: AwsCredentials | undefined,
): Promise<LeasedCredentials> {
  const url = new URL(endpoint);
  const body = form.toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const signature =
    own === undefined
      ? {}
      : signRequest(
          { method: 'POST', url, headers, body },
          { credentials: own, region, service: 'sts', now },
        );
  const answer = await http({
    url,
    method: 'POST',
    headers: { ...headers, ...signature },
    body,
    signal,
    timeoutMs,
  });
  if (answer.status !== 200) {
    throw new QueryFailure(`${form.get('Action')} of STS: ${awsProblem(answer.status, answer.text)}`);
  }
  return readCredentials(readXml(answer.text), String(form.get('Action')));
}

function readCredentials(root: XmlElement, action: string): LeasedCredentials {
  const found = childAt(root, `${action}Result`, 'Credentials');
  const text = (name: string) => childAt(found, name)?.text ?? '';
  const accessKeyId = text('AccessKeyId');
  const secretAccessKey = text('SecretAccessKey');
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new QueryFailure(`${action} of STS: the answer has no credentials`);
  }
  const credentials = { accessKeyId, secretAccessKey, sessionToken: text('SessionToken') };
  return { credentials, expiresAt: parseInstant(text('Expiration')) ?? instantOf(0) };
}

/** What an AWS service of the query protocol has to say about a request that it refuses. */
export function awsProblem(status: number, text: string): string {
  const error = findError(text);
  const code = childAt(error, 'Code')?.text ?? 'UnknownError';
  const message = childAt(error, 'Message')?.text ?? 'no message';
  return `https response error StatusCode: ${status}, api error ${code}: ${message}`;
}

function findError(text: string): XmlElement | undefined {
  try {
    const root = readXml(text);
    return childAt(root, 'Error') ?? childAt(root, 'Errors', 'Error');
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return undefined;
    throw thrown;
  }
}
