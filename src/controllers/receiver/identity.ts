import type { Receiver } from '#api/flux/receiver.js';
import { header, type HookCall } from '#core/receiver/hook-call.js';
import { textAt } from '#core/json/read.js';
import type { IdentityTokens, TokenVerdict } from '#ports/identity-tokens.js';
import { toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { readSecret } from './secret.js';

/**
 * The proof of a call of the type `gcr`: a token that Google signed for the account and the audience in the Secret of the
 * Receiver (keys `email` and `audience`).
 */
export async function checkGoogleCall(
  { kube, tokens }: { readonly kube: Kube; readonly tokens: IdentityTokens },
  { spec, metadata }: Receiver,
  call: HookCall,
): Promise<TokenVerdict> {
  const token = /^Bearer (\S+)$/i.exec(header(call, 'authorization'))?.[1];
  if (token === undefined) return refuse('the Authorization header has no bearer token');
  try {
    const read = await readSecret(kube, metadata.namespace ?? '', spec.secretRef?.name ?? '');
    if (!read.ok) return read;
    const { email = '', audience = '' } = read.values;
    if (email === '' || audience === '')
      return refuse("the Secret of the Receiver needs the keys 'email' and 'audience'");
    const verdict = await tokens.verify(token);
    if (!verdict.ok) return refuse(`the identity token is refused: ${verdict.problem}`);
    const { claims } = verdict;
    if (textAt(claims, 'aud') !== audience.trim())
      return refuse('the identity token is for another audience');
    if (textAt(claims, 'email') !== email.trim() || claims['email_verified'] !== true)
      return refuse('the identity token is of another account');
    return verdict;
  } catch (thrown) {
    // What cannot be checked is not good.
    return refuse(toAppError(thrown).message);
  }
}

function refuse(problem: string): TokenVerdict {
  return { ok: false, problem };
}
