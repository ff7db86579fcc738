import { createHash, timingSafeEqual } from 'node:crypto';
import { gitVerbs } from '#core/view/wire/git.js';
import { verbs } from '#core/view/wire/list.js';
import { bearerOf, type Authenticator, type Viewer } from './viewer.js';

/** Everybody who holds the key of this process may do everything; for loopback only. Without a key: everybody. */
export function pageKeyAuthenticator(key: string | undefined, user: string): Authenticator {
  const viewer: Viewer = {
    name: user,
    session: 'page-key',
    isByCookie: false,
    canSee: () => Promise.resolve(true),
    verbsIn: () => Promise.resolve(verbs),
    gitVerbsIn: () => Promise.resolve(gitVerbs),
  };
  return {
    mode: key === undefined ? 'open' : 'page-key',
    identify: (headers) => {
      const given = bearerOf(headers);
      const isKnown = key === undefined || (given !== undefined && isSameSecret(given, key));
      return Promise.resolve(isKnown ? viewer : undefined);
    },
  };
}

/** Compares in a time that tells nothing about the secret. */
function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
