import { kinds } from '#api/kinds.js';
import { textAt } from '#core/json/read.js';
import type { KeyAccount } from '#core/plugin/key-call.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { AccountPlace } from '#ports/sops.js';

/** A token of a ServiceAccount, and until when it is good. */
export interface AccountToken {
  readonly token: string;
  readonly expires: Instant | undefined;
}

/** Tokens are asked for so long; a server may give them for less. */
const seconds = 3600;

/** Asks the API server for a token of the account that only these audiences take. Throws KubeNotFound without the account. */
export async function requestToken(
  kube: Kube,
  { namespace, name }: AccountPlace,
  audiences: readonly string[],
): Promise<AccountToken> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { namespace, name },
    spec: { audiences, expirationSeconds: seconds },
  };
  const answer: unknown = await kube.create(kinds.serviceAccount, request, { subresource: 'token' });
  const status = statusOf(answer);
  const token = textAt(status, 'token');
  if (token !== undefined) return { token, expires: parseInstant(textAt(status, 'expirationTimestamp')) };
  const object = `ServiceAccount/${namespace}/${name}`;
  throw new AppError('ConfigInvalid', `${object}: the API server answers without a token`, { object });
}

function statusOf(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : undefined;
}

/** What a key plugin is told of an account. Throws BuildFailed when there is no such account, or no token of it. */
export async function keyAccountOf(
  kube: Kube,
  place: AccountPlace,
  audiences: readonly string[],
): Promise<KeyAccount> {
  const { namespace, name } = place;
  const object = `ServiceAccount/${namespace}/${name}`;
  const account = await kube.get({ kind: kinds.serviceAccount, namespace, name });
  if (account === undefined) throw new AppError('BuildFailed', `${object}: not found`, { object });
  const known = { namespace, name, annotations: account.metadata.annotations ?? {} };
  if (audiences.length === 0) return known;
  try {
    return { ...known, token: (await requestToken(kube, place, audiences)).token };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError('BuildFailed', `no token of ${object}: ${thrown.message}`, { object, cause: thrown });
  }
}
