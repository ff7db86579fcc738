import type { ReceiverType } from '#api/flux/receiver.js';
import { isObject } from '#core/json/json.js';
import { cdEventProblem } from './cdevents.js';
import {
  bodyOf,
  eventProblem,
  header,
  type HookCall,
  type HookExpectation,
  missingText,
  type Signing,
  signatureProblem,
} from './hook-call.js';

/** Types whose proof is a token of an identity provider, which is checked outside of here. */
export type IdentityType = 'gcr' | 'generic-oidc';

type Check = (call: HookCall, expected: HookExpectation, signing: Signing) => string | undefined;

/** How a call of each type proves itself, row by row of the reference. */
const checks: Readonly<Record<Exclude<ReceiverType, IdentityType>, Check>> = {
  generic: () => undefined,
  'generic-hmac': (call, { token }, signing) =>
    signatureProblem('X-Signature', header(call, 'x-signature'), { call, token, signing }),
  github: (call, { token, events }, signing) => {
    const newer = header(call, 'x-hub-signature-256');
    const [name, signature] =
      newer === '' ? ['X-Hub-Signature', header(call, 'x-hub-signature')] : ['X-Hub-Signature-256', newer];
    return (
      signatureProblem(name, signature, { call, token, signing }) ??
      eventProblem('GitHub', header(call, 'x-github-event'), events)
    );
  },
  gitlab: (call, { token, events }, signing) =>
    tokenProblem('X-Gitlab-Token', header(call, 'x-gitlab-token'), token, signing) ??
    eventProblem('GitLab', header(call, 'x-gitlab-event'), events),
  bitbucket: (call, { token, events }, signing) =>
    signatureProblem('X-Hub-Signature', header(call, 'x-hub-signature'), { call, token, signing }) ??
    eventProblem('Bitbucket', header(call, 'x-event-key'), events),
  harbor: (call, { token }, signing) =>
    tokenProblem('Authorization', header(call, 'authorization'), token, signing),
  dockerhub: (call) => shapeProblem('Docker Hub', call, 'push_data.tag', 'repository.repo_url'),
  quay: (call) => quayProblem(call),
  acr: (call) => shapeProblem('ACR', call, 'action', 'target.repository', 'target.tag'),
  nexus: (call, { token }, signing) => nexusProblem(call, token, signing),
  cdevents: (call, { events }) => cdEventProblem(call, events),
};

/** Why a call is refused; `undefined`: it is what its type asks for. */
export function checkCall(
  type: Exclude<ReceiverType, IdentityType>,
  call: HookCall,
  expected: HookExpectation,
  signing: Signing,
): string | undefined {
  return checks[type](call, expected, signing);
}

function tokenProblem(
  name: string,
  given: string,
  token: string,
  { isSame }: Pick<Signing, 'isSame'>,
): string | undefined {
  return given !== '' && isSame(given, token) ? undefined : `the ${name} header is not the token`;
}

function shapeProblem(from: string, call: HookCall, ...paths: readonly string[]): string | undefined {
  const body = bodyOf(call);
  if (!isObject(body)) return `the body is no message of ${from}: not a JSON object`;
  const missing = missingText(body, ...paths);
  return missing === undefined ? undefined : `the body is no message of ${from}: ${missing} is missing`;
}

function quayProblem(call: HookCall): string | undefined {
  const problem = shapeProblem('Quay', call, 'docker_url');
  if (problem !== undefined) return problem;
  const body = bodyOf(call);
  const tags = isObject(body) ? body['updated_tags'] : undefined;
  return Array.isArray(tags) ? undefined : 'the body is no message of Quay: updated_tags is missing';
}

function nexusProblem(call: HookCall, token: string, signing: Signing): string | undefined {
  const signature = header(call, 'x-nexus-webhook-signature');
  if (signature === '') return 'missing X-Nexus-Webhook-Signature header';
  const expected = signing.hmacHex('sha1', token, call.body);
  if (!signing.isSame(signature.toLowerCase(), expected))
    return 'X-Nexus-Webhook-Signature: the signature is not that of the body with the token';
  return shapeProblem('Nexus', call, 'action', 'repositoryName');
}
