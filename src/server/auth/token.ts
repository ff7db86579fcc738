import { randomBytes } from 'node:crypto';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { addMs, instantOf, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import { Rights, type TokenUser } from './rights.js';
import { bearerOf, cookieOf, type Authenticator, type Viewer } from './viewer.js';

export const sessionCookie = '__Host-sluice';
const sessionMs = 12 * 3_600_000;
const tokenFreshMs = 60_000;
const maxSessions = 10_000;

interface Session {
  readonly user: TokenUser;
  readonly until: Instant;
}

/** Users sign in with a token of the cluster; the page holds an opaque session, API clients may send the token itself. */
export class TokenAuthenticator implements Authenticator {
  readonly mode = 'token';
  readonly #kube: Kube;
  readonly #clock: Clock;
  readonly #rights: Rights;
  readonly #sessions = new Map<string, Session>();
  readonly #reviews = new Map<
    string,
    { readonly at: number; readonly user: Promise<TokenUser | undefined> }
  >();

  constructor(kube: Kube, clock: Clock) {
    this.#kube = kube;
    this.#clock = clock;
    this.#rights = new Rights(kube, clock);
  }

  async identify(headers: Headers): Promise<Viewer | undefined> {
    const token = bearerOf(headers);
    if (token !== undefined) {
      const user = await this.#review(token);
      return user === undefined ? undefined : this.#viewer(user, `token:${user.username}`, false);
    }
    const id = cookieOf(headers, sessionCookie);
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (id === undefined || session === undefined) return undefined;
    if (session.until <= this.#clock.now()) {
      this.#sessions.delete(id);
      return undefined;
    }
    return this.#viewer(session.user, id, true);
  }

  /** Trades a token for the id of a session; `undefined` when the API server does not know the token. */
  async signIn(token: string): Promise<{ readonly id: string; readonly maxAgeSeconds: number } | undefined> {
    const user = await this.#review(token);
    if (user === undefined) return undefined;
    const now = this.#clock.now();
    const expiry = expiryOf(token) ?? addMs(now, sessionMs);
    const until = instantOf(Math.min(expiry, now + sessionMs));
    if (this.#sessions.size >= maxSessions) this.#sessions.clear();
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, { user, until });
    return { id, maxAgeSeconds: Math.max(0, Math.floor((until - now) / 1000)) };
  }

  signOut(headers: Headers): void {
    const id = cookieOf(headers, sessionCookie);
    if (id !== undefined) this.#sessions.delete(id);
  }

  #viewer(user: TokenUser, session: string, isByCookie: boolean): Viewer {
    return {
      name: user.username,
      session,
      isByCookie,
      canSee: (namespace, kind) => this.#rights.canSee(user, namespace, kind),
      verbsIn: (namespace) => this.#rights.verbsIn(user, namespace),
      gitVerbsIn: (namespace, kind) => this.#rights.gitVerbsIn(user, namespace, kind),
    };
  }

  #review(token: string): Promise<TokenUser | undefined> {
    const known = this.#reviews.get(token);
    const now = this.#clock.now();
    if (known !== undefined && now - known.at < tokenFreshMs) return known.user;
    const user = this.#ask(token);
    if (this.#reviews.size >= maxSessions) this.#reviews.clear();
    this.#reviews.set(token, { at: now, user });
    user.catch(() => this.#reviews.delete(token));
    return user;
  }

  async #ask(token: string): Promise<TokenUser | undefined> {
    const review = await this.#kube.create<UnknownObject>(kinds.tokenReview, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: kinds.tokenReview.kind,
      metadata: { name: '' },
      spec: { token },
    });
    const status = review['status'];
    if (!isObject(status) || status['authenticated'] !== true || !isObject(status['user'])) return undefined;
    const { username, uid, groups } = status['user'];
    if (typeof username !== 'string' || username === '') return undefined;
    return {
      username,
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(Array.isArray(groups) ? { groups: groups.filter((group) => typeof group === 'string') } : {}),
    };
  }
}

/** When a JSON web token ends, by its own word; a session never outlives it. */
function expiryOf(token: string): Instant | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const exp = isObject(claims) ? claims['exp'] : undefined;
    return typeof exp === 'number' ? instantOf(exp * 1000) : undefined;
  } catch {
    // Not a JSON web token: nothing is known about its end.
    return undefined;
  }
}
