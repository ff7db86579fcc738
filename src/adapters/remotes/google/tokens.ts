import type { Clock } from '#ports/clock.js';
import type { IdentityTokens } from '#ports/identity-tokens.js';
import { fetchKeySet, KeySets } from '../oidc/key-sets.js';

const googleKeys = 'https://www.googleapis.com/oauth2/v3/certs';
/** Both stand in tokens of Google. */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];

/** Tokens of service accounts of Google, as Pub/Sub sends them with its calls. @param keysUrl - where the keys are published. */
export function createGoogleTokens(clock: Pick<Clock, 'now'>, keysUrl = googleKeys): IdentityTokens {
  const sets = new KeySets(clock);
  return {
    verify: (token) =>
      sets.verify(token, keysUrl, () => fetchKeySet(keysUrl), { issuers, algorithms: ['RS256'] }),
  };
}
