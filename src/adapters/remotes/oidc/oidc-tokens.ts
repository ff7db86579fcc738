import { textAt } from '#core/json/read.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { OidcTokens } from '#ports/identity-tokens.js';
import type { RemoteGuard } from '../http/open-remote.js';
import { fetchJson, fetchKeySet, KeySets } from './key-sets.js';

/** Signatures by a pair of keys; a token that is signed with a shared secret proves nothing here. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * Tokens of whichever provider publishes its keys by OpenID Connect Discovery. @param guard - keeps issuers, whose addresses
 * users write, from places that only the machine is meant to reach.
 */
export function createOidcTokens(clock: Pick<Clock, 'now'>, guard?: RemoteGuard): OidcTokens {
  const sets = new KeySets(clock);
  return {
    verify: (token, { issuer, audience }) =>
      sets.verify(token, issuer, () => discover(issuer, guard), { issuers: [issuer], audience, algorithms }),
  };
}

async function discover(issuer: string, guard: RemoteGuard | undefined) {
  const said = await fetchJson(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, guard);
  const refuse = (why: string) => new AppError('RemoteInvalid', `identity provider ${issuer}: ${why}`);
  if (textAt(said, 'issuer') !== issuer) throw refuse('its configuration is that of another issuer');
  const keys = textAt(said, 'jwks_uri') ?? '';
  if (!/^https?:\/\//.test(keys) || !URL.canParse(keys)) throw refuse('its configuration names no jwks_uri');
  return fetchKeySet(keys, guard);
}
