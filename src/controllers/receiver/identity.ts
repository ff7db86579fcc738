import type { OidcProvider, Receiver } from '#api/flux/receiver.js';
import { header, type HookCall } from '#core/receiver/hook-call.js';
import { claimedIssuer, claimsProblem, defaultAudience } from '#core/receiver/identity-claims.js';
import { textAt } from '#core/json/read.js';
import type { IdentityTokens, OidcTokens, TokenVerdict } from '#ports/identity-tokens.js';
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
  const token = bearerOf(call);
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

/**
 * The proof of a call of the type `generic-oidc`: a token of one of the providers of the Receiver, for its audience, whose
 * claims pass every validation.
 */
export async function checkOidcCall(
  { oidc }: { readonly oidc: OidcTokens },
  { spec: { oidcProviders = [] } }: Receiver,
  call: HookCall,
): Promise<TokenVerdict> {
  const token = bearerOf(call);
  if (token === undefined) return refuse('the Authorization header has no bearer token');
  const issuer = claimedIssuer(token, (part) => Buffer.from(part, 'base64url').toString('utf8'));
  let verdict = refuse('the identity token is of no provider of spec.oidcProviders');
  for (const provider of oidcProviders.filter(({ issuerURL }) => issuerURL === issuer)) {
    verdict = await checkBy(oidc, provider, token);
    if (verdict.ok) break;
  }
  return verdict;
}

async function checkBy(oidc: OidcTokens, provider: OidcProvider, token: string): Promise<TokenVerdict> {
  const { issuerURL: issuer, audience = defaultAudience } = provider;
  try {
    const verdict = await oidc.verify(token, { issuer, audience });
    if (!verdict.ok) return refuse(`the identity token is refused: ${verdict.problem}`);
    const problem = claimsProblem(provider, verdict.claims);
    return problem === undefined
      ? verdict
      : refuse(`the claims of the identity token are refused: ${problem}`);
  } catch (thrown) {
    // What cannot be checked is not good.
    return refuse(toAppError(thrown).message);
  }
}

function bearerOf(call: HookCall): string | undefined {
  return /^Bearer (\S+)$/i.exec(header(call, 'authorization'))?.[1];
}

function refuse(problem: string): TokenVerdict {
  return { ok: false, problem };
}
